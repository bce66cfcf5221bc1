// What a data file holds, as a number: the part of a run's identity that its name is not.
// May depend on: input.hpp, read_array.hpp, pictures.hpp.
#pragma once
#include <string>

namespace symbreak::data {

/// 16 hex digits. Equal for copies that were moved, touched, or compressed otherwise (gzip around
/// any file; HDF5 filters, chunks and attributes: names, shapes and numbers of its data sets
/// count; PNG images, also a folder of them: sizes, channels, pixels and labels in their order, not
/// names or how they are packed). Text of another layout is another file. Throws std::runtime_error when the file cannot
/// be read. Cost: one pass over the file, about 1 GB/s.
std::string content_hash(const std::string& file);

}  // namespace symbreak::data
