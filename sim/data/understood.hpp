// What this process understood of the files it read: nothing is guessed silently, `symbreak check`
// prints it. May depend on: array.hpp.
#pragma once
#include <string>
#include <vector>

#include "sim/data/array.hpp"

namespace symbreak::data {

/// The file is read (again): what was known of it under this key is forgotten.
void begin_reading(const Source& source);
/// One fact about the file: "header line 'x,y' skipped".
void note(const Source& source, const std::string& fact);
/// Something that is probably not meant, and how to settle it.
void warn(const Source& source, const std::string& warning);

/// All that was noted and warned of a file, and the same said again of the next reading.
struct Remarks {
  std::vector<std::string> facts, warnings;
};
Remarks remarks_on(const Source& source);
void begin_reading(const Source& source, Remarks again);

/// One line per file, in the order of first reading: "points.csv: 3 x 2 numbers; -1 .. 4; ...".
std::vector<std::string> understood();
std::vector<std::string> warnings();

}  // namespace symbreak::data
