#include "clients/cli/plot/style.h"

#include "absl/strings/str_cat.h"

namespace ipclab::plot {

std::string LineStyle(size_t number) {
  const size_t dashes = number / kColours % (kLineStyles / kColours);
  return absl::StrCat("line s", number % kColours, dashes == 0 ? "" : absl::StrCat(" d", dashes));
}

std::string FillStyle(size_t number) { return absl::StrCat("f", number % kColours); }

std::string ShadeStyle(int shade) { return absl::StrCat("h", shade); }

absl::string_view StyleSheet() {
  return R"(text{font-family:sans-serif;font-size:12px;fill:#222}
.title{font-size:17px;font-weight:bold}
.small{font-size:11px}
.note{font-size:11px;fill:#5a5a5a}
.strong{font-weight:bold}
.warning{fill:#a33d00;font-weight:bold}
.page{fill:#fff}
.grid{stroke:#e2e2e2;stroke-width:1}
.minor{stroke:#f0f0f0;stroke-width:1}
.axis{stroke:#777;stroke-width:1}
.band{fill:#f4f4f4}
.out{fill:#777;fill-opacity:.16}
.line{fill:none;stroke-width:2;stroke-linejoin:round}
.thin{stroke-width:1.2}
.rough{stroke-width:1.6;stroke-dasharray:1.5 3.5;stroke-linecap:round}
.d1{stroke-dasharray:7 4}
.d2{stroke-dasharray:2 3}
.s0{stroke:#0072b2}.s1{stroke:#d55e00}.s2{stroke:#009e73}.s3{stroke:#cc79a7}
.s4{stroke:#e69f00}.s5{stroke:#56b4e9}.s6{stroke:#000}.s7{stroke:#8a8a8a}
.f0{fill:#0072b2}.f1{fill:#d55e00}.f2{fill:#009e73}.f3{fill:#cc79a7}
.f4{fill:#e69f00}.f5{fill:#56b4e9}.f6{fill:#000}
.soft{fill-opacity:.22}
.dot{fill-opacity:.75}
.hollow{fill:#fff;stroke-width:1.5}
.whisker{stroke:#222;stroke-width:1.4;fill:none}
.median{stroke:#222;stroke-width:2.4}
.h0{fill:#dcebf7}.h1{fill:#bcd9ee}.h2{fill:#92c2e2}.h3{fill:#62a7d3}.h4{fill:#3a8bc2}
.h5{fill:#1d6fae}.h6{fill:#0f5594}.h7{fill:#093b74}.h8{fill:#052250}
@media (prefers-color-scheme:dark){
text{fill:#e8e8e8}.note{fill:#a8a8a8}.warning{fill:#ffab73}
.page{fill:#16181b}.grid{stroke:#34373c}.minor{stroke:#25282c}.axis{stroke:#8a8d92}
.band{fill:#1e2125}.out{fill:#aaa}.hollow{fill:#16181b}
.whisker,.median{stroke:#e8e8e8}
.s0{stroke:#3b9bdc}.s1{stroke:#f07f2c}.s2{stroke:#1fc193}.s5{stroke:#9ad4f7}.s6{stroke:#fff}.s7{stroke:#9a9a9a}
.f0{fill:#3b9bdc}.f1{fill:#f07f2c}.f2{fill:#1fc193}.f5{fill:#9ad4f7}.f6{fill:#fff}
.h0{fill:#10263d}.h1{fill:#133a5e}.h2{fill:#175080}.h3{fill:#1f69a3}.h4{fill:#3284c2}
.h5{fill:#579fd6}.h6{fill:#86bbe5}.h7{fill:#b5d7f2}.h8{fill:#e6f3fc}
}
)";
}

}  // namespace ipclab::plot
