#include "clients/cli/completion_scripts.h"

namespace ipclab::cli {
namespace {

// bash breaks words at ":" and "=" too, so the line is split here, and what stands before such a
// break is taken off the candidates again.
constexpr char kBash[] = R"(# bash: source <(ipclab completion bash)
_ipclab() {
  local line=${COMP_LINE:0:COMP_POINT} broken=${COMP_WORDS[COMP_CWORD]} word _
  local -a words
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  [[ $broken == [:=] ]] && broken=
  local before=${words[-1]%"$broken"}
  COMPREPLY=()
  while IFS=$'\t' read -r word _; do
    if [[ $word == :files ]]; then
      compopt -o default
      return
    fi
    COMPREPLY+=("${word#"$before"}")
  done < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
}
complete -F _ipclab ipclab
)";

constexpr char kZsh[] = R"(#compdef ipclab
# zsh: source <(ipclab completion zsh), or into a file _ipclab in $fpath
_ipclab() {
  local line
  local -a candidates
  for line in "${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == :files ]]; then
      _files
      return
    fi
    [[ -n $line ]] || continue
    candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
  done
  (( $#candidates )) && _describe -V ipclab candidates
}
if [[ $funcstack[1] == _ipclab ]]; then
  _ipclab "$@"
else
  compdef _ipclab ipclab
fi
)";

constexpr char kFish[] = R"(# fish: ipclab completion fish | source
function __ipclab_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] __complete $words[2..-1] "$current" 2>/dev/null)
    if test "$lines[1]" = :files
        __fish_complete_path "$current"
    else if test (count $lines) -gt 0
        printf '%s\n' $lines
    end
end
complete -c ipclab -f -a '(__ipclab_complete)'
)";

}  // namespace

std::string CompletionScript(const std::string& shell) {
  if (shell == "bash") return kBash;
  if (shell == "zsh") return kZsh;
  if (shell == "fish") return kFish;
  return "";
}

}  // namespace ipclab::cli
