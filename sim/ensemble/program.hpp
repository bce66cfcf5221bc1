#pragma once
// The program against the processors it runs on.
namespace symbreak::ensemble {

/// Lets an instruction that this processor does not know end the program with a sentence instead of
/// a bare SIGILL: programs are compiled for the machine that builds them unless told otherwise.
void explain_illegal_instructions();

/// Collective. Whether all ranks run the same program, compiled for the same processor; else rank 0
/// says which do not: their results would differ in the last digits.
bool same_program_everywhere();

}  // namespace symbreak::ensemble
