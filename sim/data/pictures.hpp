// Arrays from PNG images: one file, or a folder of them. May depend on: array.hpp, folder.hpp,
// png.hpp.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "sim/data/array.hpp"

namespace symbreak::data {

/// N x H x W of grey images, N x C x H x W of others. Values 0 to 255 whatever the depth of the
/// file: 16-bit samples are divided by 257, exact for those that are 8-bit ones. source.colours:
/// "" (as stored, all images alike), grey (.299 R + .587 G + .114 B, ITU-R BT.601), rgb.
/// source.alpha: "" (opaque everywhere, and dropped), drop, black, white (blended onto it), keep
/// (one more channel, the last). All headers are read before memory is taken: sizes that differ, or that
/// are beyond the files or the machine, fail.
template <class T>
Array<T> read_pictures(const Source& source);

/// Whether this is a folder, or a file that begins like a PNG image.
bool holds_pictures(const std::string& file);

/// Every image as it is stored: height, width, channels, label (-1: none); its samples at 16 bits.
/// Names are not told. Throws std::runtime_error.
using SeePicture = std::function<void(std::span<const std::int64_t> shape_and_label,
                                      std::span<const std::uint16_t> samples)>;
void see_pictures(const std::string& file, const SeePicture& see);

}  // namespace symbreak::data
