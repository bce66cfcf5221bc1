// The verbs that compute: run, validate, check.
#pragma once
#include "sim/command/arguments.hpp"

namespace symbreak::command {

/// run and validate, which all ranks take part in; `argv` begins with the verb. What fails on every
/// rank alike is said once. Initialises MPI and ends it.
int collective(int argc, char** argv);
/// The plan of a deck, and what was understood of its data.
int check(const Arguments& arguments);

}  // namespace symbreak::command
