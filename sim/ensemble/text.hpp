// Words and numbers of the program's messages. May depend on: fmt.
#pragma once
#include <cstddef>
#include <string>

namespace symbreak::ensemble {

std::string count(std::size_t number, const std::string& noun);  ///< "1 point", "61 points"
std::string duration(double seconds);                            ///< "4.2 s", "12 min", "3.1 h"
std::string bytes(std::size_t number);                           ///< "12 MB"
std::string utc(double seconds_since_epoch);                     ///< "2026-01-31T12:00:00Z"
double now();     ///< seconds since the epoch: for stamps. Clocks are set back and forth:
double steady();  ///< seconds since some moment: for all intervals
std::string host();
/// Whether what this process prints ends up on a terminal, also behind mpirun (which gives its
/// ranks a pseudo-terminal whatever its own output is).
bool output_is_terminal();
/// Columns that lines may have: COLUMNS, else those of the terminal that standard output is, else 80.
std::size_t output_width();
void say(const std::string& text);   ///< to standard output, at once, printable; never fails
void draw(const std::string& text);  ///< the same for what moves the cursor

}  // namespace symbreak::ensemble
