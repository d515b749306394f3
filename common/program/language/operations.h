// The operations of lab programs: how each is written, and which instruction it is. One table for
// parser, checker and compiler.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "common/program/program.h"

namespace ipclab::lang {

enum class Operand : uint8_t {
  kNone,
  kValue,
  kCell,
  kMutex,
  kMutexOrRwLock,
  kRwLock,
  kSemaphore,
  kCondition,
  kBarrier,
  kChannel,
  kPredicate,  // over cells, evaluated in one go
};

struct OperationForm {
  std::string_view name;
  Op op;
  std::array<Operand, 3> operands;
  int needed;
  int most;
  bool gives_value;
  std::string_view usage;  // "cas(x, expected, new)"
};

// Null where there is none.
const OperationForm* FindOperation(std::string_view name);

const std::vector<OperationForm>& AllOperations();

// What is written in its place for an object of this kind: "lock(m)" for a mutex.
std::string_view UsesOf(ObjectKind kind);

// "a mutex".
std::string_view KindWithArticle(ObjectKind kind);

// True when an operand of this kind takes such an object.
bool Takes(Operand operand, ObjectKind kind);

// "a mutex or an rwlock"; of operands that are objects.
std::string_view OperandWithArticle(Operand operand);

}  // namespace ipclab::lang
