// The arithmetic of lab programs: 64 bits, and defined for all operands but a division by zero.
// For the machine and for a compiler that folds constants.
#pragma once

#include <cstdint>

#include "common/program/program.h"

namespace ipclab {

constexpr int64_t WrappedAdd(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}
constexpr int64_t WrappedSubtract(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}
constexpr int64_t WrappedMultiply(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}

// b is not 0. The lowest number by -1 is the one quotient that does not fit: it wraps around.
constexpr int64_t WrappedDivide(int64_t a, int64_t b) {
  return b == -1 ? WrappedSubtract(0, a) : a / b;
}
constexpr int64_t WrappedRemainder(int64_t a, int64_t b) { return b == -1 ? 0 : a % b; }

constexpr bool IsBinary(Op op) { return op >= Op::kAdd && op <= Op::kGreaterEqual; }
constexpr bool IsDivision(Op op) { return op == Op::kDivide || op == Op::kRemainder; }

// Of what IsBinary names; a division by zero is 0 here, whoever minds looks before.
constexpr int64_t Binary(Op op, int64_t a, int64_t b) {
  switch (op) {
    case Op::kAdd:
      return WrappedAdd(a, b);
    case Op::kSubtract:
      return WrappedSubtract(a, b);
    case Op::kMultiply:
      return WrappedMultiply(a, b);
    case Op::kDivide:
      return b == 0 ? 0 : WrappedDivide(a, b);
    case Op::kRemainder:
      return b == 0 ? 0 : WrappedRemainder(a, b);
    case Op::kEqual:
      return a == b;
    case Op::kNotEqual:
      return a != b;
    case Op::kLess:
      return a < b;
    case Op::kLessEqual:
      return a <= b;
    case Op::kGreater:
      return a > b;
    case Op::kGreaterEqual:
      return a >= b;
    default:
      return 0;
  }
}

}  // namespace ipclab
