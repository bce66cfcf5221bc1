#include "sim/kernel/points/bit_points.hpp"

#include "sim/kernel/points/bit_lanes.hpp"

namespace symbreak::kernel {

using namespace bit_lanes;
using Eigen::Index;

namespace {
constexpr std::size_t columns = BitLine::columns;
}

BitPoints::BitPoints(Index dimension, Index count)
    : dimension_(static_cast<std::size_t>(dimension)),
      count_(static_cast<std::size_t>(count)),
      lines_per_row_(quotient_up(dimension_, BitLine::bits)),
      own_(quotient_up(count_, columns) * lines_per_row_),
      lines_(std::shared_ptr<void>(), own_.data()) {}

BitPoints::BitPoints(Index dimension, Index count, std::shared_ptr<const BitLine> lines)
    : dimension_(static_cast<std::size_t>(dimension)),
      count_(static_cast<std::size_t>(count)),
      lines_per_row_(quotient_up(dimension_, BitLine::bits)),
      lines_(std::move(lines)) {}

std::size_t BitPoints::memory(std::size_t dimension, std::size_t count) {
  return quotient_up(count, columns) * quotient_up(dimension, BitLine::bits) * sizeof(BitLine);
}

void BitPoints::set(Index j, const Eigen::Ref<const Eigen::VectorXd>& y) {
  BitLine* line = &own_[first_line_of(j)];
  for (std::size_t i = 0; i < dimension_; i += BitLine::bits, ++line) {
    std::uint32_t bits = 0;
    for (std::size_t b = 0; b < bits_of(i); ++b) {
      bits |= std::uint32_t{y[static_cast<Index>(i + b)] > 0} << b;
    }
    line->words[column_of(j)] = bits;
  }
}

void BitPoints::set(Index j, std::span<const std::uint64_t> words) {
  BitLine* line = &own_[first_line_of(j)];
  for (std::size_t i = 0; i < dimension_; i += BitLine::bits, ++line) {
    const std::size_t shift = i % 64, size = bits_of(i);
    std::uint64_t bits = words[i / 64] >> shift;
    if (shift + size > 64) bits |= words[i / 64 + 1] << (64 - shift);
    line->words[column_of(j)] = static_cast<std::uint32_t>(bits & ((1u << size) - 1));
  }
}

void BitPoints::read(Index first, Eigen::Ref<Eigen::MatrixXd> y) const {
  for (Index k = 0; k < y.cols(); ++k) {
    const BitLine* line = lines_.get() + first_line_of(first + k);
    double* to = y.col(k).data();
    for (std::size_t i = 0; i < dimension_; i += BitLine::bits, ++line) {
      const std::uint32_t bits = line->words[column_of(first + k)];
      for (std::size_t b = 0; b < bits_of(i); ++b) *to++ = static_cast<int>(bits >> b & 1) * 2 - 1;
    }
  }
}

Index BitPoints::copies(Index j) const {
  Index found = 0;
  for (std::size_t first = 0; first < count_; first += lanes) {
    const BitLine *mine = lines_.get() + first_line_of(j), *theirs = row(first / columns);
    const std::size_t size = std::min(lanes, count_ - first);
    Ints equal = lane_numbers() < static_cast<std::int32_t>(size);
    for (std::size_t w = 0; w < lines_per_row_; ++w) {
      equal &= load<Bits>(&theirs[w].words[first % columns]) == mine[w].words[column_of(j)];
      if (fold(equal, plus) == 0) break;
    }
    found -= fold(equal, plus);
  }
  return found;
}

}  // namespace symbreak::kernel
