#pragma once
// The program against the processors it runs on, and against files that were made to harm it.
#include <cstdint>
#include <string>

namespace symbreak::ensemble {

/// Lets an instruction that this processor does not know end the program with a sentence instead of
/// a bare SIGILL: programs are compiled for the machine that builds them unless told otherwise.
void explain_illegal_instructions();

/// Collective. The first rank whose text is another than that of rank 0; none: the number of ranks.
int first_that_differs(const std::string& text);

/// Collective. Whether all ranks run the same program, compiled for the same processor; else rank 0
/// says which do not: their results would differ in the last digits.
bool same_program_everywhere();

/// While it lives, files of others are read. HDF5 does not survive all of them: of strings whose
/// lengths are lies it reads beyond its memory, or never ends, and a checksum that somebody has made
/// to fit does not help. What would be a crash, or takes more than 10 s and 2 s a MB of these
/// `bytes`, ends with a sentence and status 1. One at a time; not beside MPI.
class Reading {
 public:
  explicit Reading(std::uintmax_t bytes);
  ~Reading();
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
};

}  // namespace symbreak::ensemble
