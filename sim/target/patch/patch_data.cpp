#include "sim/target/patch/patch_data.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <filesystem>

#include "sim/data/array.hpp"
#include "sim/data/selection.hpp"
#include "sim/data/understood.hpp"
#include "sim/deck/key_forms.hpp"

namespace symbreak::target {

namespace {

/// Channels, height and width of N x H x W, N x C x H x W or N x (C L^2) arrays.
void set_geometry(Images& images, const data::Source& source, const std::vector<std::size_t>& shape,
                  Index asked, bool axis_said) {
  const auto extent = [&](std::size_t axis) { return static_cast<Index>(shape[axis]); };
  const std::string shape_text = data::shape_text(shape);
  if (shape.size() == 2) {
    images.channels = asked > 0 ? asked : 1;
    const auto side = static_cast<Index>(std::lround(
        std::sqrt(static_cast<double>(extent(1)) / static_cast<double>(images.channels))));
    images.height = images.width = side;
    if (images.channels * side * side != extent(1)) {
      throw deck::KeyError(
          "target.channels",
          "{}: {} numbers per data point are not {} square image{}; its shape is {}", source.file,
          extent(1), images.channels, images.channels == 1 ? "" : "s", shape_text);
    }
    return;
  }
  if (shape.size() != 3 && shape.size() != 4) {
    data::fail(source, fmt::format("shape {}; expected images x height x width, images x channels "
                                   "x height x width, or images x numbers",
                                   shape_text));
  }
  // TensorFlow and Keras have the channels last, PyTorch first.
  constexpr Index kMostColours = 4;
  if (shape.size() == 4 && !axis_said && extent(3) <= kMostColours && extent(1) > kMostColours) {
    throw deck::KeyError(
        "target.channel_axis",
        fmt::format("{}: shape {} looks like images x height x width x channels; set "
                    "target.channel_axis = 3, or 1 if axis 1 counts the channels",
                    source.file, shape_text));
  }
  images.channels = shape.size() == 4 ? extent(1) : 1;
  images.height = extent(shape.size() - 2);
  images.width = extent(shape.size() - 1);
  if (asked > 0 && asked != images.channels) {
    throw deck::KeyError("target.channels", "{} has {} channel{}, {} asked for (shape {})",
                         source.file, images.channels, images.channels == 1 ? "" : "s", asked,
                         shape_text);
  }
}

/// N x C x H x W of N x H x W x C.
data::Array<double> channels_first(const data::Array<double>& array) {
  const std::size_t pixels = array.shape[1] * array.shape[2], channels = array.shape[3];
  data::Array<double> result{{array.shape[0], channels, array.shape[1], array.shape[2]},
                             std::vector<double>(array.values.size())};
  for (std::size_t i = 0; i < array.values.size(); ++i) {
    const std::size_t channel = i % channels, pixel = i / channels % pixels,
                      image = i / channels / pixels;
    result.values[(image * channels + channel) * pixels + pixel] = array.values[i];
  }
  return result;
}

std::uint64_t hash_of(const void* data, std::size_t bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto* at = static_cast<const unsigned char*>(data);
  for (std::size_t i = 0; i + 4 <= bytes; i += 4) {
    std::uint32_t word;
    std::memcpy(&word, at + i, 4);
    hash = (hash ^ word) * 0x100000001b3;
    hash ^= hash >> 29;
  }
  return hash;
}

}  // namespace

Images read_images(const deck::Parameters& parameters) {
  const data::Source source = data::file_of(parameters);
  data::Array<double> array = data::read<double>(source);
  const bool axis_said = parameters.has("target.channel_axis");
  if (axis_said && (array.shape.size() != 4 || parameters.integer("target.channel_axis") == 2)) {
    throw deck::KeyError(
        "target.channel_axis",
        fmt::format("{} has no axis of channels there (shape {}); see target.channels", source.file,
                    data::shape_text(array.shape)));
  }
  if (axis_said && parameters.integer("target.channel_axis") == 3) {
    array = channels_first(array);
    data::note(source, "axis 3 counts the channels");
  }
  Images images;
  set_geometry(images, source, array.shape, parameters.integer("target.channels"), axis_said);
  data::note(source, fmt::format("images of {} channel{}, {} x {} pixels", images.channels,
                                 images.channels == 1 ? "" : "s", images.height, images.width));
  const auto total = static_cast<Index>(array.rows()), d = static_cast<Index>(array.columns());
  const data::Selection chosen = data::select(parameters, total);
  const auto available = static_cast<Index>(chosen.points.size());
  const Index asked = parameters.integer("target.n"), n = asked > 0 ? asked : available;
  if (n > available) {
    throw deck::KeyError("target.n", "{}: {} images asked for, {} are available", source.file, n,
                         available);
  }
  const Eigen::Map<const MatrixXd> all(array.values.data(), d, total);
  images.values.resize(d, n);
  for (Index j = 0; j < n; ++j) {
    images.values.col(j) = all.col(chosen.points[static_cast<std::size_t>(j)]);
  }
  const std::string& how = parameters.word("target.normalisation");
  const double least = images.values.minCoeff(), most = images.values.maxCoeff();
  if ((how == "unit" || how == "symmetric") && std::max(most, -least) <= 1) {
    data::warn(
        source,
        fmt::format("values {:.4g} to {:.4g} are {} (target.normalisation = {}); are "
                    "they normalised already?",
                    least, most,
                    how == "unit" ? "divided by 255" : "mapped from 0 .. 255 to [-1, 1]", how));
  }
  if (how == "unit") images.values /= 255;
  if (how == "symmetric") images.values = images.values.array() / 127.5 - 1;
  if (how == "standardised") {
    const double mean = images.values.mean();
    const double deviation = std::sqrt((images.values.array() - mean).square().mean());
    images.values = (images.values.array() - mean) / (deviation > 0 ? deviation : 1);
  }
  images.text = fmt::format("{} image{} {} x {} of {}", n, n == 1 ? "" : "s", images.height,
                            images.width, std::filesystem::path(source.file).filename().string());
  return images;
}

std::vector<deck::Key> image_keys() {
  return deck::joined(
      {data::file_keys(
           "images: IDX, NumPy .npy or .npz, text (CSV) or HDF5, the first three also as .gz, of "
           "shape images x height x width, images x channels x height x width, or images x numbers",
           "image"),
       {deck::count_key("target", "n", "0",
                        "number of images, the first ones of those selected; 0: all", 0,
                        deck::unlimited),
        deck::count_key("target", "channels", "0",
                        "channels of an image; 0: as the file's shape says (one where it does not)",
                        0, 64),
        deck::count_key("target", "channel_axis", "",
                        "axis of images x .. x .. x .. that counts the channels: 1 (PyTorch) or 3 "
                        "(TensorFlow, Keras); default: 1, unless the shape looks like 3",
                        1, 3),
        deck::word_key("target", "normalisation", "none",
                       "unit: divided by 255; symmetric: bytes to [-1, 1]; standardised: mean 0 "
                       "and variance 1 over all pixels",
                       {"none", "unit", "symmetric", "standardised"})}});
}

Images ising_configurations(Index side, double temperature) {
  const Index sites = side * side, count = Index{1} << sites;
  Images images{1, side, side, MatrixXd(sites, count), VectorXd(count), {}};
  for (Index code = 0; code < count; ++code) {
    const auto spin = [&](Index y, Index x) {
      return (code >> ((y % side) * side + x % side) & 1) != 0 ? 1.0 : -1.0;
    };
    double bonds = 0;
    for (Index y = 0; y < side; ++y) {
      for (Index x = 0; x < side; ++x) {
        images.values(y * side + x, code) = spin(y, x);
        bonds += spin(y, x) * (spin(y + 1, x) + spin(y, x + 1));
      }
    }
    images.log_weights[code] = (bonds - 2.0 * static_cast<double>(sites)) / temperature;
  }
  images.text = fmt::format("the periodic {0} x {0} Ising model at T = {1}, all configurations",
                            side, temperature);
  return images;
}

Images ising_samples(Index side, double temperature, Index count, std::uint64_t seed) {
  // U. Wolff, Phys. Rev. Lett. 62 (1989) 361: bonds between equal spins join with 1 - e^{-2/T}.
  const Index sites = side * side;
  const double join = -std::expm1(-2 / temperature);
  random::Stream stream({.seed = seed, .purpose = random::Purpose::target});
  Images images{1, side, side, MatrixXd(sites, count), {}, {}};
  std::vector<double> spin(static_cast<std::size_t>(sites), 1.0);
  std::vector<Index> stack;
  const auto at = [&](Index site) -> double& { return spin[static_cast<std::size_t>(site)]; };
  const auto flip_cluster = [&]() -> Index {
    const auto seed_site = static_cast<Index>(stream.uniform() * static_cast<double>(sites));
    const double sign = at(seed_site);
    at(seed_site) = -sign;
    stack.assign(1, seed_site);
    Index size = 1;
    while (!stack.empty()) {
      const Index site = stack.back(), y = site / side, x = site % side;
      stack.pop_back();
      for (const Index next : {y * side + (x + 1) % side, y * side + (x + side - 1) % side,
                               (y + 1) % side * side + x, (y + side - 1) % side * side + x}) {
        if (at(next) != sign || stream.uniform() >= join) continue;
        at(next) = -sign;
        stack.push_back(next);
        ++size;
      }
    }
    return size;
  };
  // A fixed number of clusters between configurations: stopping at a number of flipped spins would
  // prefer the states that follow large clusters.
  constexpr Index burn_in = 200, probe = 200;
  Index flipped = 0;
  for (Index k = 0; k < burn_in; ++k) flip_cluster();
  for (Index k = 0; k < probe; ++k) flipped += flip_cluster();
  const Index clusters = 1 + 3 * sites * probe / flipped;
  for (Index k = 0; k < 10 * clusters; ++k) flip_cluster();
  for (Index k = 0; k < count; ++k) {
    for (Index c = 0; c < clusters; ++c) flip_cluster();
    images.values.col(k) = Eigen::Map<const VectorXd>(spin.data(), sites);
  }
  images.text = fmt::format("{} configurations of the periodic {} x {} Ising model at T = {}",
                            count, side, side, temperature);
  return images;
}

template <class Real>
void PatchCollection<Real>::add(const std::vector<Real>& patch, double weight) {
  const std::size_t bytes = patch.size() * sizeof(Real);
  const std::uint64_t hash = hash_of(patch.data(), bytes);
  const auto [begin, end] = places_.equal_range(hash);
  for (auto place = begin; place != end; ++place) {
    const Real* const known =
        values_.data() + static_cast<std::size_t>(place->second) * patch.size();
    if (std::memcmp(known, patch.data(), bytes) == 0) {
      weights_[static_cast<std::size_t>(place->second)] += weight;
      return;
    }
  }
  places_.emplace(hash, count());
  values_.insert(values_.end(), patch.begin(), patch.end());
  weights_.push_back(weight);
}

template <class Real>
VectorXd PatchCollection<Real>::log_weights() const {
  return Eigen::Map<const VectorXd>(weights_.data(), count()).array().log();
}

template <class Real>
VectorXd PatchCollection<Real>::sign_counts() const {
  constexpr Index most = 12;
  if (dimension_ > most) return {};
  VectorXd counts = VectorXd::Zero(Index{1} << dimension_);
  for (Index k = 0; k < count(); ++k) {
    Index code = 0;
    for (Index j = 0; j < dimension_; ++j) {
      const Real value = patches()(j, k);
      if (std::abs(value) != 1) return {};
      if (value > 0) code |= Index{1} << j;
    }
    counts[code] += weights_[static_cast<std::size_t>(k)];
  }
  return counts;
}

template class PatchCollection<float>;
template class PatchCollection<double>;

}  // namespace symbreak::target
