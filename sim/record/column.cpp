#include "sim/record/column.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "sim/deck/parameters.hpp"
#include "sim/record/record.hpp"

namespace symbreak::record {

namespace {

using hdf5::Handle;
using hdf5::Shape;

constexpr std::size_t kChunkBytes = std::size_t{1} << 17;
constexpr std::size_t kSmallBytes = 4096;  ///< not worth a chunk of its own
constexpr unsigned kDeflateLevel = 1;

template <class Number>
hid_t number_type() {
  return std::is_same_v<Number, double> ? H5T_NATIVE_DOUBLE : H5T_NATIVE_UINT64;
}

/// No cache of chunks: columns are many, and each is written and read a whole chunk at a time.
Handle without_cache() {
  Handle access = hdf5::own(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose, "memory", "access");
  hdf5::check(H5Pset_chunk_cache(access.get(), 0, 0, 1), "memory", "access");
  return access;
}

/// Whether shuffled and deflated bytes are fewer by a seventh.
bool compresses(const void* data, std::size_t numbers) {
  constexpr std::size_t kBytes = 8;
  const auto* bytes = static_cast<const unsigned char*>(data);
  std::vector<unsigned char> shuffled(numbers * kBytes);
  for (std::size_t i = 0; i < numbers; ++i) {
    for (std::size_t b = 0; b < kBytes; ++b) shuffled[b * numbers + i] = bytes[i * kBytes + b];
  }
  uLongf size = compressBound(shuffled.size());
  std::vector<unsigned char> packed(size);
  const int status = compress2(packed.data(), &size, shuffled.data(), shuffled.size(),
                               static_cast<int>(kDeflateLevel));
  return status == Z_OK && 7 * size < 6 * shuffled.size();
}

std::uint64_t product_of(const Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::uint64_t{1}, std::multiplies<>());
}

}  // namespace

template <class Number>
Column<Number>::Column(const hdf5::Group& group, std::string name, Shape row)
    : group_(group), name_(std::move(name)), row_(std::move(row)), width_(product_of(row_)) {
  const std::size_t bytes = std::max<std::size_t>(1, width_ * sizeof(Number));
  chunk_rows_ = std::max<std::size_t>(1, kChunkBytes / bytes);
}

template <class Number>
std::uint64_t Column<Number>::rows() const {
  return written_ + (width_ == 0 ? 0 : buffer_.size() / width_);
}

template <class Number>
void Column<Number>::add(std::span<const Number> row) {
  if (width_ == 0) ++written_;
  const std::size_t chunk = chunk_rows_ * width_;
  while (!row.empty()) {
    const std::size_t part = std::min(row.size(), chunk - buffer_.size());
    buffer_.insert(buffer_.end(), row.begin(), row.begin() + static_cast<std::ptrdiff_t>(part));
    row = row.subspan(part);
    if (buffer_.size() == chunk) flush();
  }
}

template <class Number>
Shape Column<Number>::shape(hsize_t rows) const {
  Shape all = {rows};
  all.insert(all.end(), row_.begin(), row_.end());
  return all;
}

template <class Number>
hid_t Column<Number>::create(hsize_t rows, bool growing) {
  const bool packs =
      buffer_.size() * sizeof(Number) >= kSmallBytes && compresses(buffer_.data(), buffer_.size());
  const Handle properties = hdf5::without_times(H5P_DATASET_CREATE);
  const Shape extent = shape(rows), chunk = shape(growing ? chunk_rows_ : rows);
  Shape most = extent;
  if (growing || packs) {
    most[0] = growing ? H5S_UNLIMITED : rows;
    hdf5::check(H5Pset_chunk(properties.get(), static_cast<int>(chunk.size()), chunk.data()),
                group_.label(), name_);
  }
  if (packs) {
    hdf5::check(H5Pset_shuffle(properties.get()), group_.label(), name_);
    hdf5::check(H5Pset_deflate(properties.get(), kDeflateLevel), group_.label(), name_);
  }
  const Handle space =
      hdf5::own(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), most.data()),
                H5Sclose, group_.label(), name_);
  set_ = hdf5::own(H5Dcreate2(group_.id(), name_.c_str(), number_type<Number>(), space.get(),
                              H5P_DEFAULT, properties.get(), without_cache().get()),
                   H5Dclose, group_.label(), name_);
  return set_->get();
}

template <class Number>
void Column<Number>::flush() {
  if (buffer_.empty()) return;
  const hsize_t count = buffer_.size() / width_;
  const hid_t set = set_ ? set_->get() : create(0, true);
  const Shape extent = shape(written_ + count), block = shape(count);
  hdf5::check(H5Dset_extent(set, extent.data()), group_.label(), name_);
  const Handle file = hdf5::own(H5Dget_space(set), H5Sclose, group_.label(), name_);
  const Handle memory =
      hdf5::own(H5Screate_simple(static_cast<int>(block.size()), block.data(), nullptr), H5Sclose,
                group_.label(), name_);
  Shape start(block.size(), 0);
  start[0] = written_;
  hdf5::check(
      H5Sselect_hyperslab(file.get(), H5S_SELECT_SET, start.data(), nullptr, block.data(), nullptr),
      group_.label(), name_);
  hdf5::check(
      H5Dwrite(set, number_type<Number>(), memory.get(), file.get(), H5P_DEFAULT, buffer_.data()),
      group_.label(), name_);
  written_ += count;
  buffer_.clear();
}

template <class Number>
void Column<Number>::finish() {
  if (set_) {
    flush();
  } else {
    const hid_t set = create(rows(), false);
    if (!buffer_.empty()) {
      hdf5::check(
          H5Dwrite(set, number_type<Number>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, buffer_.data()),
          group_.label(), name_);
    }
  }
  set_.reset();
}

template <class Number>
Shape ColumnReader<Number>::row_of(const hdf5::Group& group, const std::string& name) {
  Shape all = group.shape(name);
  if (all.empty()) throw FileError(fmt::format("{}: '{}' has no rows", group.label(), name));
  all.erase(all.begin());
  return all;
}

template <class Number>
ColumnReader<Number>::ColumnReader(const hdf5::Group& group, const std::string& name,
                                   const Shape& row)
    : label_(group.label()),
      name_(name),
      set_(hdf5::own(H5Dopen2(group.id(), name.c_str(), without_cache().get()), H5Dclose, label_,
                     name)),
      row_(row_of(group, name)),
      rows_(group.shape(name).front()),
      width_(1) {
  if (row_ != row) {
    throw FileError(fmt::format("{}: '{}' has rows of another shape", label_, name));
  }
  constexpr std::uint64_t kMost = std::uint64_t{1} << 48;
  for (const hsize_t extent : row_) {
    if (extent > kMost / width_) {
      throw FileError(fmt::format("{}: '{}' has rows of no size", label_, name));
    }
    width_ *= extent;
  }
  if (width_ > 0 && rows_ > kMost / width_) {
    throw FileError(fmt::format("{}: '{}' has no size", label_, name));
  }
  hdf5::check_storage(set_.get(), rows_ * width_ * sizeof(Number), label_, name);
  window_rows_ =
      std::max<std::uint64_t>(1, kChunkBytes / std::max<std::uint64_t>(1, width_ * sizeof(Number)));
}

template <class Number>
void ColumnReader<Number>::fetch(std::uint64_t first, std::uint64_t count, Number* to) const {
  if (count * width_ == 0) return;
  Shape start(row_.size() + 1, 0), block = {count};
  start[0] = first;
  block.insert(block.end(), row_.begin(), row_.end());
  const Handle file = hdf5::own(H5Dget_space(set_.get()), H5Sclose, label_, name_);
  const Handle memory =
      hdf5::own(H5Screate_simple(static_cast<int>(block.size()), block.data(), nullptr), H5Sclose,
                label_, name_);
  hdf5::check(
      H5Sselect_hyperslab(file.get(), H5S_SELECT_SET, start.data(), nullptr, block.data(), nullptr),
      label_, name_);
  hdf5::check(H5Dread(set_.get(), number_type<Number>(), memory.get(), file.get(), H5P_DEFAULT, to),
              label_, name_);
}

template <class Number>
std::vector<Number> ColumnReader<Number>::read(std::uint64_t first, std::uint64_t count) {
  if (first > rows_ || count > rows_ - first) {
    throw FileError(fmt::format("{}: '{}' has too few rows", label_, name_));
  }
  std::vector<Number> all(count * width_);
  std::uint64_t done = 0;
  while (done < count) {
    const std::uint64_t row = first + done;
    const std::uint64_t cached = width_ == 0 ? count : window_.size() / width_;
    if (row >= window_first_ && row - window_first_ < cached) {
      const std::uint64_t from = row - window_first_, part = std::min(cached - from, count - done);
      std::copy_n(window_.begin() + static_cast<std::ptrdiff_t>(from * width_), part * width_,
                  all.begin() + static_cast<std::ptrdiff_t>(done * width_));
      done += part;
      continue;
    }
    const std::uint64_t begin = row / window_rows_ * window_rows_;
    if (begin == row && count - done >= window_rows_) {  // whole chunks, past the window
      const std::uint64_t part = (count - done) / window_rows_ * window_rows_;
      fetch(row, part, all.data() + done * width_);
      done += part;
      continue;
    }
    const std::uint64_t part = std::min(window_rows_, rows_ - begin);
    window_.resize(part * width_);
    window_first_ = begin;
    fetch(begin, part, window_.data());
  }
  return all;
}

template <class Number>
Number ColumnReader<Number>::at(std::uint64_t row) {
  if (row >= window_first_ && row - window_first_ < window_.size()) {
    return window_[row - window_first_];
  }
  return read(row, 1).at(0);
}

template class Column<double>;
template class Column<std::uint64_t>;
template class ColumnReader<double>;
template class ColumnReader<std::uint64_t>;

}  // namespace symbreak::record
