// Figures as people read them: three significant digits and the unit that fits.
#pragma once

#include <cstdint>
#include <string>

namespace ipclab::cli {

// "640 ns", "3.91 us", "39.1 ms", "1.20 s". Whole nanoseconds below one microsecond.
std::string NanosText(int64_t nanos);

// The same for a mean, which may be less than a nanosecond: "12.3 ns".
std::string NanosText(double nanos);

// A rate without its "per second": "640", "25.6 k", "4.98 M".
std::string RateText(double per_second);

// A rate of bytes in powers of ten, as throughput is quoted: "1.64 MB", "79.0 GB".
std::string ByteRateText(double bytes_per_second);

// A size in powers of two where it is one: "64 B", "4 KiB", "1 MiB", "1500 B". Exact.
std::string SizeText(int64_t bytes);

// "1.5s", "300ms" as --duration takes them, of nanoseconds.
std::string DurationText(int64_t nanos);

}  // namespace ipclab::cli
