"""Writes lines as `ipclab measure --json` prints them, made up from seeded distributions.

For looking at pictures without measuring, and for tests of `ipclab plot`:

  sample_results.py pipe unix_stream > results.json
  sample_results.py --trials 1 --slices 0 pipe
  sample_results.py --items 40
"""

import argparse
import json
import math
import random

HALF = 1024  # of a bucket's sub-buckets, see common/histogram.h
ENVIRONMENT = {
    "kernel": "6.1.0-37-cloud-amd64",
    "cpuModel": "AMD EPYC 9B45",
    "cpus": 2,
    "virtualMachine": True,
    "hypervisor": "KVMKVMKVM",
    "clockSource": "tsc",
    "workerClock": "tsc",
}
# Median nanoseconds, spread, CPU nanoseconds per message; a second peak and how often it is met.
SHAPES = {
    "null": (24, 0.05, 48, None, 0),
    "spsc_ring": (120, 0.12, 240, 310, 0.2),
    "futex": (42_000, 0.10, 9_100, None, 0),
    "pipe": (38_900, 0.12, 11_800, 61_000, 0.3),
    "unix_stream": (32_900, 0.11, 13_900, None, 0),
    "tcp": (50_600, 0.15, 21_000, None, 0),
}


def index_of(value):
    bucket = max(value.bit_length(), 11) - 11
    return ((bucket + 1) << 10) + ((value >> bucket) - HALF)


class Values:
    def __init__(self, values):
        self.values = sorted(values)

    def percentile(self, percent):
        rank = math.ceil(percent / 100 * len(self.values))
        return self.values[max(rank, 1) - 1]

    def histogram(self):
        counts = {}
        for value in self.values:
            counts[index_of(value)] = counts.get(index_of(value), 0) + 1
        indexes = sorted(counts)
        ends = {"minNanos": self.values[0], "maxNanos": self.values[-1]} if self.values else {}
        return {"indexes": indexes, "counts": [counts[i] for i in indexes], **ends}


def draw(rng, shape, shift):
    middle, spread, _, second, often = shape
    if second and rng.random() < often:
        middle = second
    value = middle * shift * math.exp(rng.gauss(0, spread))
    if rng.random() < 0.0005:
        value *= rng.uniform(5, 80)  # an interrupt, a stall
    return max(1, int(value))


def trial_of(rng, shape, number, slices, per_slice, shifted):
    shift = math.exp(rng.gauss(0, 0.02)) * (1.9 if shifted else 1)
    pieces = []
    for i in range(max(slices, 1)):
        drift = 1 + 0.002 * i
        pieces.append([draw(rng, shape, shift * drift) for _ in range(per_slice)])
    values = Values([value for piece in pieces for value in piece])
    trial = {
        "trial": number,
        "position": number * 2,
        "used": not shifted,
        "why": "its control moved by 90%" if shifted else "",
        "warnings": ["PLATFORM_SHIFTED"] if shifted else [],
        "count": len(values.values),
        "p50": values.percentile(50),
        "p99": values.percentile(99),
        "max": values.values[-1],
        "messagesPerSecond": 1e9 / values.percentile(50),
        "cpuNanosPerMessage": shape[2] * shift,
        "histogram": values.histogram(),
        "slices": [
            {
                "beginNanos": i * 100_000_000,
                "lengthNanos": 100_000_000,
                "messages": per_slice,
                "histogram": Values(piece).histogram(),
            }
            for i, piece in enumerate(pieces[:slices])
        ],
    }
    return trial, values.values


def item_of(rng, mechanism, shape, options, first):
    trials, pooled = [], []
    for number in range(1, options.trials + 1):
        shifted = options.trials > 3 and number == 4 and first
        trial, values = trial_of(rng, shape, number, options.slices, options.per_slice, shifted)
        trials.append(trial)
        pooled += [] if shifted else values
    values = Values(pooled)
    used = sorted(trial["p50"] for trial in trials if trial["used"])
    item = {
        "mechanism": mechanism,
        "messageBytes": options.bytes,
        "pattern": "ROUND_TRIP",
        "placement": "DIFFERENT_CORES",
        "wait": "BLOCK",
        "trials": len(used),
        "latencyKind": "ROUND_TRIP",
        "latencyNanos": {
            "count": len(pooled),
            "min": values.values[0],
            **{
                key: values.percentile(percent)
                for key, percent in (("p50", 50), ("p90", 90), ("p99", 99), ("p999", 99.9))
            },
            "max": values.values[-1],
        },
        "messagesPerSecond": 1e9 / values.percentile(50),
        "cpuNanosPerMessage": shape[2],
        "lost": 0,
        "controlNanos": 110,
        "warnings": ["PLATFORM_SHIFTED"] if first and options.trials > 3 else [],
        "environment": ENVIRONMENT,
        "seed": "8153",
        "timesControl": values.percentile(50) / 110,
        "floorNanos": 24,
        "histogram": values.histogram(),
        "trialResults": trials,
        "percentileIntervals": {
            "p50": [values.percentile(49), values.percentile(51)],
            "p90": [values.percentile(89), values.percentile(91)],
            "p99": [values.percentile(98.5), values.percentile(99.4)],
            "p999": [values.percentile(99.85), values.percentile(99.95)],
        },
    }
    if len(used) > 2:
        item["intervals"] = {
            "p50": [used[1], used[-2]],
            "cpuNanosPerMessage": [shape[2] * 0.97, shape[2] * 1.04],
        }
    return item


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mechanisms", nargs="*", default=["pipe", "unix_stream"])
    parser.add_argument("--trials", type=int, default=10)
    parser.add_argument("--slices", type=int, default=10)
    parser.add_argument("--per-slice", type=int, default=800)
    parser.add_argument("--bytes", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--items", type=int, help="so many made-up mechanisms instead")
    options = parser.parse_args()
    shapes = [(name, SHAPES[name]) for name in options.mechanisms]
    if options.items:
        known = list(SHAPES.values())
        shapes = [
            (f"mechanism_{i}", (int(known[i % len(known)][0] * (1 + i / 50)), *known[i % len(known)][1:]))
            for i in range(options.items)
        ]
    rng = random.Random(options.seed)
    reference = None
    for name, shape in shapes:
        item = item_of(rng, name, shape, options, reference is None)
        p50 = item["latencyNanos"]["p50"]
        if reference:
            ratio = p50 / reference[1]
            item["comparison"] = {
                "to": reference[0],
                "figure": "p50",
                "ratio": ratio,
                "ratioInterval": [ratio * 0.98, ratio * 1.02],
                "pValue": 0.001,
                "threshold": 0.05,
                "verdict": "FASTER" if ratio < 0.95 else "SLOWER" if ratio > 1.05 else "NO_DIFFERENCE_SHOWN",
            }
        reference = reference or (f"{name} {options.bytes} B", p50)
        print(json.dumps(item))


if __name__ == "__main__":
    main()
