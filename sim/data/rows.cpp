#include "sim/data/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <stdexcept>

#include "sim/data/read_array.hpp"
#include "sim/data/understood.hpp"

namespace symbreak::data {

namespace {

class PlainRows final : public Rows {
 public:
  PlainRows(const Source& from, const Layout& layout)
      : Rows(from, layout.shape), layout_(layout), file_(from.file, std::ios::binary) {
    if (!file_) fail(from, "cannot be opened");
  }

 private:
  void fetch(std::size_t first, std::size_t count, float* out) const override {
    load(first, count, out);
  }
  void fetch(std::size_t first, std::size_t count, double* out) const override {
    load(first, count, out);
  }
  template <class Real>
  void load(std::size_t first, std::size_t count, Real* out) const {
    const std::size_t size = count * columns(), width = layout_.width;
    buffer_.resize(size * width);
    file_.clear();
    file_.seekg(static_cast<std::streamoff>(layout_.start + first * columns() * width));
    if (!file_.read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()))) {
      fail(source(), fmt::format("row {} cannot be read", first));
    }
    for (std::size_t i = 0; i < size; ++i) {
      out[i] = static_cast<Real>(layout_.load(&buffer_[i * width]));
    }
  }

  Layout layout_;
  mutable std::ifstream file_;
  mutable std::vector<char> buffer_;
};

class HdfRows final : public Rows {
 public:
  HdfRows(const Source& from, std::unique_ptr<ArrayRows> array)
      : Rows(from, array->shape()), array_(std::move(array)) {}

 private:
  void fetch(std::size_t first, std::size_t count, float* out) const override {
    load(first, count, out);
  }
  void fetch(std::size_t first, std::size_t count, double* out) const override {
    load(first, count, out);
  }
  template <class Real>
  void load(std::size_t first, std::size_t count, Real* out) const {
    try {
      array_->read(first, count, out);
    } catch (const std::runtime_error& error) {
      fail(source(), error.what());
    }
  }
  std::unique_ptr<ArrayRows> array_;
};

}  // namespace

Rows::Rows(Source source, const std::vector<std::size_t>& shape) : source_(std::move(source)) {
  if (shape.empty()) fail(source_, "holds a single number; expected one row per data point");
  rows_ = shape.front();
  for (std::size_t axis = 1; axis < shape.size(); ++axis) columns_ *= shape[axis];
}

template <class Real>
void Rows::fetch_finite(std::size_t first, std::size_t count, Real* out) const {
  if (first + count > rows_) throw std::logic_error("rows beyond the end");
  fetch(first, count, out);
  const auto* const end = out + count * columns_;
  const auto* const bad = std::find_if(static_cast<const Real*>(out), end,
                                       [](Real value) { return !std::isfinite(value); });
  if (bad == end) return;
  const auto at = static_cast<std::size_t>(bad - out);
  fail(source_,
       fmt::format("{} at data point {}, coordinate {}; expected finite numbers",
                   std::isnan(*bad) ? "NaN" : "infinity", first + at / columns_, at % columns_));
}

void Rows::read(std::size_t first, std::size_t count, float* out) const {
  fetch_finite(first, count, out);
}

void Rows::read(std::size_t first, std::size_t count, double* out) const {
  fetch_finite(first, count, out);
}

bool can_open_rows(const Source& source) {
  if (source.point_axis != 0) return false;
  const std::string format = format_of(source);
  if (format == "npy") return npy_has_rows(source);
  if (format == "idx") return plain_name(source.file).size() == source.file.size();
  if (format != "hdf5") return false;
  try {
    return !ArrayRows(source.file, source.dataset_path).facts().columns_first;
  } catch (const std::runtime_error&) {
    return false;  // reading it all says what is wrong
  }
}

std::unique_ptr<const Rows> open_rows(const Source& source) {
  begin_reading(source);
  if (source.point_axis != 0) {
    fail(source,
         "cannot be read in parts along another axis than the first; set target.storage = "
         "memory");
  }
  const std::string format = format_of(source);
  if (format == "npy") return std::make_unique<PlainRows>(source, npy_layout(source));
  if (format == "idx") return std::make_unique<PlainRows>(source, idx_layout(source));
  if (format != "hdf5") {
    fail(source, fmt::format("{} cannot be read in parts; convert it to .npy or HDF5, or set "
                             "target.storage = memory",
                             format == "npz"   ? "a .npz archive"
                             : format == "png" ? "a folder of images"
                                               : "a text table"));
  }
  std::unique_ptr<ArrayRows> array;
  try {
    array = std::make_unique<ArrayRows>(source.file, source.dataset_path);
  } catch (const std::runtime_error& error) {
    fail(source, error.what());
  }
  if (array->facts().columns_first) {
    fail(source,
         array->facts().facts.back() + ": cannot be read in parts; set target.storage = memory");
  }
  for (const std::string& fact : array->facts().facts) note(source, fact);
  return std::make_unique<HdfRows>(source, std::move(array));
}

}  // namespace symbreak::data
