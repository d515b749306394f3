#include "clients/cli/plot/read_results.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "clients/cli/plot/json_fields.h"
#include "clients/cli/plot/ticks.h"
#include "clients/cli/terminal.h"
#include "common/errno_status.h"
#include "common/unique_fd.h"
#include "google/protobuf/util/json_util.h"

namespace ipclab::plot {
namespace {

constexpr size_t kPieceBytes = 1 << 16;

// Of one histogram, so that the sums over many do not overflow.
constexpr int64_t kMostValues = 1'000'000'000'000'000;

// Buckets by ascending index, as the rest of the program relies on. One that says "histogram" but
// is none would make a picture of nothing.
HistogramSnapshot ReadHistogram(const JsonFields& parent) {
  HistogramSnapshot histogram;
  const JsonFields fields = parent.Object("histogram");
  const std::vector<int64_t> indexes = fields.Counts("indexes");
  const std::vector<int64_t> counts = fields.Counts("counts");
  if (indexes.size() != counts.size()) fields.Complain("counts", "are not as many as indexes");
  if (!fields.status().ok()) return {};
  for (size_t i = 0; i < indexes.size(); ++i) {
    const bool ascends = i == 0 || indexes[i] > indexes[i - 1];
    if (!ascends || indexes[i] >= HistogramLayout::kCounts) {
      fields.Complain("indexes", "are not those of a histogram's buckets");
      return {};
    }
    if (counts[i] == 0) continue;
    histogram.buckets.push_back({static_cast<int>(indexes[i]), counts[i]});
    histogram.count += counts[i];
  }
  if (histogram.buckets.empty()) return {};
  if (histogram.count > kMostValues) fields.Complain("counts", "are too many");
  // The ends are exact where the line has them; its buckets know them nearly as well.
  const int first = histogram.buckets.front().index;
  const int last = histogram.buckets.back().index;
  histogram.min = std::clamp(fields.Count("minNanos").value_or(0), HistogramLayout::LowestAt(first),
                             HistogramLayout::HighestAt(first));
  histogram.max = std::clamp(fields.Count("maxNanos").value_or(HistogramLayout::kHighest),
                             HistogramLayout::LowestAt(last), HistogramLayout::HighestAt(last));
  return histogram;
}

std::optional<Interval> ReadInterval(const JsonFields& fields, const std::string& key) {
  if (!fields.Has(key)) return std::nullopt;
  const std::vector<double> bounds = fields.Numbers(key);
  if (bounds.size() == 2 && bounds[0] <= bounds[1]) return Interval{bounds[0], bounds[1]};
  fields.Complain(key, "is no interval [low, high]");
  return std::nullopt;
}

Intervals ReadIntervals(const JsonFields& parent, const std::string& key) {
  Intervals intervals;
  const JsonFields fields = parent.Object(key);
  for (const std::string& figure : fields.Keys()) {
    if (const auto interval = ReadInterval(fields, figure)) intervals[figure] = *interval;
  }
  return intervals;
}

std::vector<Slice> ReadSlices(const JsonFields& parent) {
  std::vector<Slice> slices;
  for (const JsonFields& fields : parent.Objects("slices")) {
    Slice slice;
    slice.begin_nanos = fields.Number("beginNanos").value_or(0);
    slice.length_nanos = fields.Number("lengthNanos").value_or(0);
    slice.histogram = ReadHistogram(fields);
    if (!fields.Has("lengthNanos") || slice.length_nanos < 0) {
      fields.Complain("lengthNanos", "is no length");
    }
    if (slice.begin_nanos < 0) fields.Complain("beginNanos", "is before the trial");
    // The last piece of a run may be nothing.
    if (slice.length_nanos > 0) slices.push_back(std::move(slice));
  }
  return slices;
}

std::vector<TrialResult> ReadTrials(const JsonFields& item) {
  std::vector<TrialResult> trials;
  for (const JsonFields& fields : item.Objects("trialResults")) {
    TrialResult trial;
    const auto next = static_cast<int64_t>(trials.size()) + 1;
    trial.number = fields.Count("trial").value_or(next);
    trial.used = fields.Bool("used").value_or(true);
    trial.why = fields.Text("why");
    trial.p50 = fields.Amount("p50");
    trial.messages_per_second = fields.Amount("messagesPerSecond");
    trial.histogram = ReadHistogram(fields);
    trial.slices = ReadSlices(fields);
    trials.push_back(std::move(trial));
  }
  return trials;
}

// "5 k/s", "1.235 k/s": a sweep's rates are parts of a capacity and have many digits.
std::string RateOfLoad(double per_second) {
  const double step = per_second > 0 ? std::pow(10, std::floor(std::log10(per_second)) - 3) : 1;
  return absl::StrCat(TickText(std::round(per_second / step) * step, Unit::kCount), "/s");
}

std::vector<std::string> ReadShape(const JsonFields& item) {
  std::vector<std::string> shape;
  for (const std::string key : {"senders", "receivers", "workers"}) {
    if (const auto count = item.Count(key)) shape.push_back(absl::StrCat(*count, " ", key));
  }
  if (const auto nanos = item.Number("criticalSectionNanos")) {
    shape.push_back(absl::StrCat("held ", TickText(*nanos, Unit::kNanos)));
  }
  if (const auto rate = item.Object("load").Number("perSecond")) {
    shape.push_back(RateOfLoad(*rate));
  }
  return shape;
}

std::map<std::string, std::string> ReadOptions(const JsonFields& item) {
  std::map<std::string, std::string> options;
  const JsonFields fields = item.Object("options");
  for (const std::string& name : fields.Keys()) options[name] = fields.Scalar(name);
  return options;
}

std::optional<Comparison> ReadComparison(const JsonFields& item) {
  if (!item.Has("comparison")) return std::nullopt;
  const JsonFields fields = item.Object("comparison");
  return Comparison{.to = fields.Text("to"),
                    .figure = fields.Text("figure"),
                    .ratio = fields.Number("ratio"),
                    .ratio_interval = ReadInterval(fields, "ratioInterval"),
                    .verdict = fields.Text("verdict")};
}

std::optional<Host> ReadHost(const JsonFields& item) {
  if (!item.Has("environment")) return std::nullopt;
  const JsonFields fields = item.Object("environment");
  return Host{.kernel = fields.Text("kernel"),
              .cpu_model = fields.Text("cpuModel"),
              .cpus = fields.Count("cpus"),
              .virtual_machine = fields.Bool("virtualMachine"),
              .hypervisor = fields.Text("hypervisor"),
              .host_class = fields.Text("hostClass")};
}

// What the trials that count measured, where the line itself does not say it for all of them.
HistogramSnapshot Pooled(const std::vector<TrialResult>& trials) {
  HistogramSnapshot pooled;
  for (const TrialResult& trial : trials) {
    if (trial.used) pooled.Merge(trial.histogram);
  }
  return pooled;
}

std::string ReadNoiseFloor(const JsonFields& item) {
  const JsonFields fields = item.Object("noiseFloor");
  const std::optional<double> ratio = fields.Number("ratio");
  return ratio ? absl::StrFormat("ratio %.3f, %s", *ratio, fields.Text("verdict")) : "";
}

void ReadFigures(const JsonFields& fields, Item& item) {
  const JsonFields latency = fields.Object("latencyNanos");
  for (const char* figure : {"min", "p90", "p999", "max"}) latency.Amount(figure);
  item.latency_kind = fields.Text("latencyKind");
  item.count = latency.Count("count").value_or(0);
  item.p50 = latency.Amount("p50");
  item.p99 = latency.Amount("p99");
  item.messages_per_second = fields.Amount("messagesPerSecond");
  item.cpu_nanos_per_message = fields.Amount("cpuNanosPerMessage");
  item.times_control = fields.Amount("timesControl");
  item.floor_nanos = fields.Amount("floorNanos");
  item.intervals = ReadIntervals(fields, "intervals");
  item.percentile_intervals = ReadIntervals(fields, "percentileIntervals");
}

Item ReadItem(const std::string& place, const JsonFields& fields) {
  Item item;
  item.place = place;
  item.mechanism = fields.Text("mechanism");
  item.pattern = fields.Text("pattern");
  item.placement = fields.Text("placement");
  item.wait = fields.Text("wait");
  item.message_bytes = fields.Count("messageBytes");
  item.options = ReadOptions(fields);
  item.shape = ReadShape(fields);
  item.trials = fields.Count("trials").value_or(0);
  ReadFigures(fields, item);
  item.results = ReadTrials(fields);
  item.histogram = ReadHistogram(fields);
  if (item.histogram.count == 0) item.histogram = Pooled(item.results);
  item.comparison = ReadComparison(fields);
  item.noise_floor = ReadNoiseFloor(fields);
  item.seed = fields.Text("seed");
  item.warnings = fields.Texts("warnings");
  item.host = ReadHost(fields);
  item.error = fields.Object("error").Text("message");
  return item;
}

// The last line of `measure --knee --json` tells which of the items before it is the knee, and is
// none itself.
bool IsSummary(const JsonFields& fields) {
  if (!fields.Has("knee")) return false;
  fields.Object("knee");  // complains where it is something else
  return !fields.Has("mechanism") && !fields.Has("error");
}

std::string NameOf(const std::string& path) { return path == "-" ? "standard input" : path; }

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const std::string name = NameOf(path);
  UniqueFd fd(path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                          : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return ErrnoStatus("open", name);
  std::string text;
  std::string piece(kPieceBytes, '\0');
  while (true) {
    const ssize_t got = ::read(fd.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus("read", name);
    if (got == 0) return text;
    text.append(piece, 0, static_cast<size_t>(got));
  }
}

}  // namespace

absl::Status ReadLine(const std::string& place, absl::string_view line, Results& results) {
  if (absl::StripAsciiWhitespace(line).empty()) return absl::OkStatus();
  google::protobuf::Struct object;
  const auto parsed = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(line.data(), line.size()), &object);
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(place,
                     ": this line is no JSON object; RESULT is a file of what `ipclab "
                     "measure --json` printed"));
  }
  const JsonFields fields(place, object);
  if (IsSummary(fields)) return fields.status();
  Item item = ReadItem(place, fields);
  if (!fields.status().ok()) return fields.status();
  if (!item.mechanism.empty()) {
    results.items.push_back(std::move(item));
  } else if (!item.error.empty()) {
    results.failures.push_back(absl::StrCat(place, ": ", item.error));
  } else {
    return absl::InvalidArgumentError(
        absl::StrCat(place,
                     ": this object has no \"mechanism\"; RESULT is a file of what `ipclab "
                     "measure --json` printed"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Results> ReadResults(const std::vector<std::string>& paths) {
  Results results;
  for (const std::string& path : paths) {
    const absl::StatusOr<std::string> text = ReadFile(path);
    if (!text.ok()) return text.status();
    int number = 0;
    for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
      const std::string place = absl::StrCat(cli::Printable(NameOf(path)), ":", ++number);
      if (absl::Status status = ReadLine(place, line, results); !status.ok()) return status;
    }
  }
  return results;
}

}  // namespace ipclab::plot
