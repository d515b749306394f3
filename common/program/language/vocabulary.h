// The words of the language. Used to tell statements and declarations apart, to refuse them as
// names, and to find the one that was meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ipclab::lang {

// What begins a declaration: "shared".
const std::vector<std::string>& DeclarationWords();

// What begins a statement: "while", and the operations.
const std::vector<std::string>& StatementWords();

// What can stand for a value besides names: "self", and the operations.
const std::vector<std::string>& ValueWords();

// No name can be one of these.
bool IsReserved(std::string_view word);

// A word of the language that later versions understand.
bool IsOfLaterVersion(std::string_view word);

// What stands here for a word of other languages: "for" is repeat. Empty where nothing does.
std::string_view HintForForeignWord(std::string_view word);

// A type of other languages, as "int".
bool IsForeignType(std::string_view word);

}  // namespace ipclab::lang
