#include "sim/target/points/dataset_points.hpp"

#include <cstring>

#include "sim/target/points/bit_store.hpp"

namespace symbreak::target {

namespace {

/// What a block begins with. Behind it, each at a multiple of 64 bytes: the points (single
/// precision or bits), half norms of the former, origin, others, labels.
struct BlockHead {
  Index dimension = 0, count = 0, others = 0, classes = 1;
  double scale = 1;
  PictureShape picture{};
  bool in_bits = false, has_origin = false, has_labels = false;
};

/// Offsets of the parts, the same for who writes and who reads.
struct BlockLayout {
  std::size_t points, half_norms, origin, others, labels, end = sizeof(BlockHead);

  explicit BlockLayout(const BlockHead& head) {
    const auto d = static_cast<std::size_t>(head.dimension);
    const auto n = static_cast<std::size_t>(head.count);
    points = next(head.in_bits ? kernel::BitPoints::memory(d, n) : d * n * sizeof(float));
    half_norms = next(head.in_bits ? 0 : n * sizeof(double));
    origin = next(head.has_origin ? d * sizeof(double) : 0);
    others = next(d * static_cast<std::size_t>(head.others) * sizeof(float));
    labels = next(head.has_labels ? n * sizeof(Index) : 0);
  }

 private:
  std::size_t next(std::size_t bytes) {
    const std::size_t begin = (end + 63) / 64 * 64;
    end = begin + bytes;
    return begin;
  }
};

template <class T>
void copy_to(std::byte* to, const T* from, Index count) {
  if (count > 0) std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(T));
}

}  // namespace

std::shared_ptr<const PointStore> DatasetPoints::store() {
  if (bits) return bit_store(std::move(*bits), scale, std::move(origin));
  return matrix_store(std::move(numbers), std::move(origin));
}

void pack(const DatasetPoints& points, const Place& place) {
  const BlockHead head{.dimension = points.bits ? points.bits->dimension() : points.numbers.rows(),
                       .count = points.bits ? points.bits->count() : points.numbers.cols(),
                       .others = points.others.cols(),
                       .classes = points.classes,
                       .scale = points.scale,
                       .picture = points.picture,
                       .in_bits = points.bits.has_value(),
                       .has_origin = points.origin.size() > 0,
                       .has_labels = !points.labels.empty()};
  const BlockLayout layout(head);
  std::byte* const to = place(layout.end);
  std::memcpy(to, &head, sizeof head);
  if (head.in_bits) {
    std::memcpy(to + layout.points, points.bits->row(0), points.bits->memory());
  } else {
    const VectorXd half_norms = target::half_norms(points.numbers);
    copy_to(to + layout.points, points.numbers.data(), points.numbers.size());
    copy_to(to + layout.half_norms, half_norms.data(), half_norms.size());
  }
  copy_to(to + layout.origin, points.origin.data(), points.origin.size());
  copy_to(to + layout.others, points.others.data(), points.others.size());
  copy_to(to + layout.labels, points.labels.data(), static_cast<Index>(points.labels.size()));
}

PackedDataset unpack(const Block& block) {
  BlockHead head;
  std::memcpy(&head, block.get(), sizeof head);
  const BlockLayout layout(head);
  const auto part = [&]<class T>(std::size_t offset, const T*) {
    return reinterpret_cast<const T*>(block.get() + offset);
  };
  constexpr const float* single = nullptr;
  constexpr const double* fine = nullptr;
  constexpr const Index* integer = nullptr;
  constexpr const kernel::BitLine* line = nullptr;
  VectorXd origin;
  if (head.has_origin) {
    origin = Eigen::Map<const VectorXd>(part(layout.origin, fine), head.dimension);
  }
  PackedDataset result;
  if (head.in_bits) {
    kernel::BitPoints bits(head.dimension, head.count, {block, part(layout.points, line)});
    result.points = bit_store(std::move(bits), head.scale, std::move(origin));
  } else {
    const Eigen::Map<const Eigen::MatrixXf> numbers(part(layout.points, single), head.dimension,
                                                    head.count);
    result.points = matrix_store(block, numbers, part(layout.half_norms, fine), std::move(origin));
  }
  result.others =
      Eigen::Map<const Eigen::MatrixXf>(part(layout.others, single), head.dimension, head.others);
  if (head.has_labels) {
    const Index* const labels = part(layout.labels, integer);
    result.labels.assign(labels, labels + head.count);
  }
  result.classes = head.classes;
  result.picture = head.picture;
  return result;
}

}  // namespace symbreak::target
