// Everything that can be wrong with a lab program is said where it is, in one message per slip.

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/common/program_steps.h"

namespace ipclab {
namespace {

struct Slip {
  std::string text;
  std::string said;  // line:column and message of the one error; then "|" and its hint, if any
};

std::string SaidOf(const std::string& source) {
  std::string said;
  for (const Diagnostic& each : CompileProgram("test", source).diagnostics) {
    if (!each.is_error) continue;
    absl::StrAppend(&said, said.empty() ? "" : "\n", each.span.line, ":", each.span.column, " ",
                    each.message, each.hint.empty() ? "" : " | ", each.hint);
  }
  return said;
}

// What is wrong in a process. The declarations that it can use stand on one line before it.
class StatementSlipTest : public testing::TestWithParam<Slip> {};

TEST_P(StatementSlipTest, IsSaidOnce) {
  const std::string source = absl::StrCat(
      "shared counter = 0, arr[3]; mutex m, fork[2]; semaphore s = 1; condition c; rwlock rw; "
      "barrier b = 2; channel q[4]; param size = 2; variant racy, fixed\nprocess P[2] {\n",
      GetParam().text, "\n}\nfinally counter == 0\n");
  EXPECT_EQ(SaidOf(source), GetParam().said);
}

INSTANTIATE_TEST_SUITE_P(
    Form, StatementSlipTest,
    testing::Values(
        Slip{"wihle counter > 0 { counter = 1 }",
             "3:1 'wihle' begins no statement | did you mean 'while'?"},
        Slip{"if counter = 1 { lock(m) }",
             "3:12 '=' is no operator of a value | == compares; = assigns, and stands only at the "
             "beginning of a statement"},
        Slip{"counter == 5", "3:9 '==' compares and does nothing here | '=' assigns"},
        Slip{"counter += 2",
             "3:9 there is no '+=' | write counter = counter + ...: of a shared cell that is a "
             "read and a write, two steps"},
        Slip{"counter++",
             "3:8 there is no '++' | write counter = counter + 1: of a shared cell that is a read "
             "and a write, two steps"},
        Slip{"lock m", "3:1 expected '(' after 'lock' | it is written lock(m)"},
        Slip{"lock(m", "3:7 expected ',' or ')', found the end of the line"},
        Slip{"v = (1 + counter\nprint v", "3:17 expected ')', found the end of the line"},
        Slip{"counter =\ncounter = 1", "3:10 expected a value, found the end of the line"},
        Slip{"lock(m) unlock(m)",
             "3:9 expected the end of the statement, found 'unlock' | one statement per line, or "
             "';' between them"},
        Slip{"if counter == 1\n  counter = 2\n  lock(m)\n}",
             "3:16 expected '{', found the end of the line | what belongs to an if stands in "
             "braces"},
        Slip{"if (counter == 1) counter = 2",
             "3:19 expected '{', found 'counter' | what belongs to an if stands in braces"},
        Slip{"else { counter = 1 }", "3:1 there is no if before this else"},
        Slip{"shared z = 1\nlock(m)",
             "2:14 this block is not closed | expected '}' before 'shared' on line 3\n4:1 'lock' "
             "stands in a process | put it between the braces of process P { ... }"},
        Slip{"  shared z = 1", "3:3 'shared' stands outside of processes"},
        Slip{"  finally counter == 1", "3:3 'finally' stands outside of processes"},
        Slip{"repeat { break }",
             "3:1 expected how many times after 'repeat' | for ever is: while true { ... }"},
        Slip{"42", "3:1 expected a statement, found '42'"},
        Slip{"if counter & 1 { }", "3:12 '&' is no operator of a value | did you mean '&&'?"},
        Slip{"v = counter ? 1 : 2",
             "3:13 '?' is no operator of a value | there is no '?:'; use if and else"},
        Slip{"if 0 < counter < 3 { }",
             "3:16 comparisons cannot follow each other | write a < b && b < c, or put one in "
             "parentheses"},
        Slip{"lock(m) = 3",
             "3:9 expected the end of the statement, found '=' | a call cannot be assigned to"},
        Slip{"while ( {\n counter = 1 }", "3:9 expected a value, found '{'"},
        Slip{"while (\ncounter = 1",
             "4:9 '=' is no operator of a value | == compares; = assigns, and stands only at the "
             "beginning of a statement"},
        Slip{"v = poll; print v", "3:5 'poll' is not known yet to this version"},
        Slip{"print deadlock",
             "3:7 there is no 'deadlock' | a local is assigned before it is read; a shared cell is "
             "declared"},
        Slip{"error = 3", "3:1 'error' begins no statement and cannot be assigned to"},
        Slip{"break",
             "3:1 'break' stands outside of a loop | it ends the while or repeat around it"}));

INSTANTIATE_TEST_SUITE_P(
    Words, StatementSlipTest,
    testing::Values(
        Slip{"print \"a\\q\"",
             "3:9 '\\q' means nothing in a string | there are \\n, \\t, \\\" and \\\\"},
        Slip{"print \"abc",
             "3:7 this string does not end on its line | expected \" before the end of the line"},
        Slip{"print 'abc', 1",
             "3:7 ''' begins no string | strings stand in \"straight double quotes\""},
        Slip{"print \u201cabc\u201d, 1",
             "3:7 '\u201c' begins no string | strings stand in \"straight double quotes\""},
        Slip{"counter = 99999999999999999999",
             "3:11 this number does not fit in 64 bits | the largest is 9223372036854775807"},
        Slip{"counter = 9223372036854775808",
             "3:11 this number does not fit in 64 bits | the largest is 9223372036854775807"},
        Slip{"counter = 12ab",
             "3:11 '12ab' is no number | a name begins with a letter; a number has only digits"},
        Slip{"counter = 1.5", "3:11 there are only whole numbers"},
        Slip{"counter = 1 \u00d7 2",
             "3:13 '\u00d7' has no meaning here | outside of strings and comments there are only "
             "ASCII letters and signs\n3:16 expected the end of the statement, found '2' | one "
             "statement per line, or ';' between them"},
        Slip{"counter = 1 /* why */",
             "3:13 '/*' has no meaning here | comments start with # or // and go to the end of "
             "the line"}));

INSTANTIATE_TEST_SUITE_P(
    Names, StatementSlipTest,
    testing::Values(
        Slip{"counter = countr + 1", "3:11 there is no 'countr' | did you mean 'counter'?"},
        Slip{"countr = counter + 1\ncounter = countr + conter",
             "4:20 there is no 'conter' | did you mean 'counter'?"},
        Slip{"print nothing",
             "3:7 there is no 'nothing' | a local is assigned before it is read; a shared cell is "
             "declared"},
        Slip{"print nothing, nothing",
             "3:7 there is no 'nothing' | a local is assigned before it is read; a shared cell is "
             "declared"},
        Slip{"if counter == 1 { w = 1 }\nprint w",
             "4:7 'w' may be read before it is assigned | assign it before on every way: w = 0"},
        Slip{"while counter == 1 { w = 1 }\nprint w",
             "4:7 'w' may be read before it is assigned | assign it before on every way: w = 0"},
        Slip{"w = w + 1",
             "3:5 'w' may be read before it is assigned | assign it before on every "
             "way: w = 0"},
        Slip{"repeat 3 as i { }\nprint i",
             "4:7 'i' may be read before it is assigned | assign it before on every way: i = 0"},
        Slip{"repeat 3 as i { i = 1 }",
             "3:17 'i' counts a loop and cannot be assigned to in it | use another name"},
        Slip{"repeat 3 as counter { }",
             "3:13 'counter' is a shared cell, no local variable | its value is read and written "
             "by its name: x = x + 1"},
        Slip{"size = 3", "3:1 'size' is a parameter and cannot be assigned to"},
        Slip{"P = 3", "3:1 'P' is a process"},
        Slip{"v = P; print v", "3:5 'P' is a process and has no value"},
        Slip{"m = 5",
             "3:1 'm' is a mutex, no local variable | a mutex is used by lock(m), "
             "trylock(m) and unlock(m)"},
        Slip{"v = m; print v",
             "3:5 'm' is a mutex; expected a value | a mutex is used by lock(m), "
             "trylock(m) and unlock(m)"},
        Slip{"if variant == fixd { }", "3:15 there is no variant 'fixd' | did you mean 'fixed'?"},
        Slip{"if variant { }", "3:4 'variant' can only be compared | write variant == NAME"},
        Slip{"v = lock; print v", "3:5 expected '(' after 'lock' | it is written lock(m)"},
        Slip{"lokc(m)", "3:1 there is no operation 'lokc' | did you mean 'lock'?"},
        Slip{"critical m { }", "3:10 'm' is a mutex | give the critical section a name of its own"},
        Slip{"critical z max 1 { }; critical z max 2 { }", "3:38 'z' has max 1 on line 3"},
        Slip{"critical z max 17 { }", "3:16 the most who may be inside is 17; it can be 1 to 16"}));

INSTANTIATE_TEST_SUITE_P(
    Kinds, StatementSlipTest,
    testing::Values(
        Slip{"lock(s)",
             "3:6 's' is a semaphore; expected a mutex | a semaphore is used by "
             "wait(s), trywait(s) and post(s)"},
        Slip{"lock(rw)",
             "3:6 'rw' is an rwlock; expected a mutex | an rwlock is used by "
             "read_lock(rw), write_lock(rw) and unlock(rw)"},
        Slip{"unlock(s)",
             "3:8 's' is a semaphore; expected a mutex or an rwlock | a semaphore is "
             "used by wait(s), trywait(s) and post(s)"},
        Slip{"wait(c)",
             "3:6 'c' is a condition; expected a semaphore | a condition is used by "
             "cond_wait(c, m), signal(c) and broadcast(c)"},
        Slip{"lock(counter)",
             "3:6 'counter' is a shared cell; expected a mutex | its value is "
             "read and written by its name: x = x + 1"},
        Slip{"lock(1)", "3:6 expected the name of a mutex | it is written lock(m)"},
        Slip{"lock(mm)", "3:6 expected the name of a mutex | it is written lock(m)"},
        Slip{"cond_wait(c)",
             "3:1 'cond_wait' takes 2 arguments, not 1 | it is written cond_wait(c, m)"},
        Slip{"lock(m, m)", "3:1 'lock' takes 1 argument, not 2 | it is written lock(m)"},
        Slip{"send(q)", "3:1 'send' takes 2 or 3 arguments, not 1 | it is written send(c, value)"},
        Slip{"v = lock(m); print v", "3:5 'lock' gives no value | it stands alone, as a statement"},
        Slip{"await(trylock(m))",
             "3:7 'trylock' cannot stand in await | an operation is a step of "
             "its own; here shared cells are only looked at"},
        Slip{"arr = 5", "3:1 'arr' is an array | say which cell: arr[0] = ..."},
        Slip{"v = arr; print v", "3:5 'arr' is an array | say which: arr[0]"},
        Slip{"lock(fork)", "3:6 'fork' is an array | say which: fork[0]"},
        Slip{"arr[3] = 1", "3:5 'arr' has no [3] | it has 3, from 0 to 2"},
        Slip{"lock(fork[-1])", "3:11 'fork' has no [-1] | it has 2, from 0 to 1"},
        Slip{"counter[0] = 1", "3:1 'counter' is no array"},
        Slip{"v = 1; v[0] = 2", "3:8 there is no array 'v' | arrays are shared: shared v[5]"},
        Slip{"v = 1; print v[0]", "3:14 'v' is no array | arrays are shared: shared a[5]"},
        Slip{"counter = \"a\" + 1",
             "3:11 a string is no number | strings can be sent, compared "
             "by == and !=, and printed"},
        Slip{"print 1, 2, 3, 4, 5, 6, 7",
             "3:25 more than 6 values in one print | print the others by another"}));

INSTANTIATE_TEST_SUITE_P(
    OtherLanguages, StatementSlipTest,
    testing::Values(
        Slip{"for (i = 0; i < 3; i = i + 1) { counter = i }",
             "3:1 'for' begins no statement | loops are while c { } and repeat n as i { }"},
        Slip{"for", "3:1 'for' begins no statement | loops are while c { } and repeat n as i { }"},
        Slip{"int v = 3\nprint v", "3:1 there are no types: 'int' is not needed | write v = ..."},
        Slip{"printf(\"a\")",
             "3:1 there is no operation 'printf' | did you mean 'print'? print \"x is\", x"},
        Slip{"if counter then { lock(m) }",
             "3:12 expected '{', found 'then' | what belongs to an if stands in braces"},
        Slip{"while true { continue }",
             "3:14 'continue' begins no statement | put the rest in an "
             "else"},
        Slip{"sleep(1)",
             "3:1 there is no operation 'sleep' | there is no time here: who goes next "
             "is chosen"}));

INSTANTIATE_TEST_SUITE_P(
    Later, StatementSlipTest,
    testing::Values(Slip{"exit", "3:1 'exit' is not known yet to this version"},
                    Slip{"crash", "3:1 'crash' is not known yet to this version"},
                    Slip{"kill(P, 9)", "3:1 'kill' is not known yet to this version"},
                    Slip{"on SIGUSR1 { counter = 1 }", "3:1 'on' is not known yet to this version"},
                    Slip{"v = read(q, 5); print v",
                         "3:5 'read' is not known yet to this version"}));

// What is wrong outside of processes.
class DeclarationSlipTest : public testing::TestWithParam<Slip> {};

TEST_P(DeclarationSlipTest, IsSaidOnce) {
  EXPECT_EQ(SaidOf(absl::StrCat(GetParam().text, "\nprocess Z { }\n")), GetParam().said);
}

INSTANTIATE_TEST_SUITE_P(
    Form, DeclarationSlipTest,
    testing::Values(
        Slip{"titel \"x\"", "1:1 'titel' begins no declaration | did you mean 'title'?"},
        Slip{"shard x = 1\nfinally x == 1",
             "1:1 'shard' begins no declaration | did you mean 'shared'?"},
        Slip{"x = 1",
             "1:1 'x' is assigned outside of processes | a shared cell is declared by shared x = "
             "..."},
        Slip{"lock(m)",
             "1:1 'lock' stands in a process | put it between the braces of process P { ... }"},
        Slip{"title x", "1:7 expected a string, found 'x' | write title \"...\""},
        Slip{"title \"a\"\ntitle \"b\"", "2:1 there is a title already"},
        Slip{"goal \"a\"\ngoal \"b\"", "2:1 there is a goal already"},
        Slip{"}", "1:1 no block is open here | remove this '}'"},
        Slip{"process P {\nwhile true {\nprint 1\n}",
             "1:11 this block is not closed | expected '}' before 'process' on line 5"},
        Slip{"process P {\nif true { print 1\nfinally 1",
             "2:9 this block is not closed | "
             "expected '}' before 'finally' on line 3"},
        Slip{"process P after Q { }", "1:11 'process ... after' is not known yet to this version"},
        Slip{"stream s[10]", "1:1 'stream' is not known yet to this version"},
        Slip{"file f", "1:1 'file' is not known yet to this version"},
        Slip{"process { }", "1:9 expected the name of a process, found '{'"},
        Slip{"shared lock = 1",
             "1:8 'lock' is a word of the language and can be no name | call it "
             "otherwise: my_lock"},
        Slip{"param n", "1:8 expected '=' and the parameter's value, found the end of the line"},
        Slip{"param n = 1 in 1",
             "1:17 expected '..' between the smallest and the largest value, "
             "found the end of the line"},
        Slip{"variant", "1:8 expected the name of a variant, found the end of the line"},
        Slip{"shared x = 1 over",
             "1:18 expected the id of a mechanism, as pipe or posix_mq, "
             "found the end of the line"},
        Slip{"process\nprocess",
             "1:8 expected the name of a process, found the end of the line\n2:8 expected the name "
             "of a process, found the end of the line"},
        Slip{"always", "1:7 expected a value, found the end of the line"}));

INSTANTIATE_TEST_SUITE_P(
    Meaning, DeclarationSlipTest,
    testing::Values(
        Slip{"shared x\nmutex x", "2:7 'x' is declared already, on line 1"},
        Slip{"shared Z", "2:9 'Z' is declared already, on line 1"},
        Slip{"variant a, a", "1:12 there is a variant 'a' already"},
        Slip{"shared x = y",
             "1:12 an initial value must be known before the program runs | it is "
             "made of numbers and parameters: 2 * workers"},
        Slip{"param workers = 2\nshared a[worker]",
             "2:10 the size of an array must be known before the program runs | did you mean "
             "'workers'?"},
        Slip{"shared x = 1 / 0", "1:12 an initial value divides by zero"},
        Slip{"shared a[0]", "1:10 the size of an array is 0; it can be 1 to 8192"},
        Slip{"shared a[2][2]", "1:12 there are no arrays of arrays"},
        Slip{"shared a[3] = {1, 2}",
             "1:16 'a' has 2 initial values, but a size of 3 | one value "
             "without braces is meant for all"},
        Slip{"mutex m = 1", "1:7 a mutex has no initial values"},
        Slip{"semaphore s = -1", "1:15 the value of a semaphore is -1; it can be 0 to 2147483647"},
        Slip{"barrier b", "1:9 a barrier needs to know how many must arrive | write barrier b = 2"},
        Slip{"barrier b = 17", "1:13 how many must arrive at a barrier is 17; it can be 1 to 16"},
        Slip{"channel c[]",
             "1:10 a channel needs a capacity | say how many records it holds: "
             "channel c[8]; what is unbounded is refused"},
        Slip{"channel c[0]",
             "1:11 the capacity of a channel, in records, is 0; it can be 1 to 4096"},
        Slip{"param n = 9 in 1..8", "1:11 'n' is 9, which is not in 1..8"},
        Slip{"finally x == 1",
             "1:9 there is no shared cell 'x' | checks see shared cells and "
             "parameters, not what processes keep"},
        Slip{"finally self == 1", "1:9 'self' is known only in a process"},
        Slip{"mutex m\nalways trylock(m)",
             "2:8 'trylock' cannot stand in a check | an operation is "
             "a step of its own; here shared cells are only looked at"},
        Slip{"process Q[17] { }", "1:11 the number of processes is 17; it can be 0 to 16"},
        Slip{"shared a[100]\nobserve a",
             "2:9 'a' is too long to be observed: 100 cells | at most 64; name those that "
             "matter"}));

}  // namespace
}  // namespace ipclab
