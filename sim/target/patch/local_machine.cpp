// Machines that look through windows: ls, els (valid, wrapped), bbels.
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "sim/kernel/patch/patch_softmax.hpp"
#include "sim/kernel/points/sign_cube.hpp"
#include "sim/target/patch/machine.hpp"

namespace symbreak::target {

namespace {

/// Pixels that share their patches: those cut out at `centres` of every image.
struct Neighbourhood {
  std::vector<Index> sites, centres;
};

/// Sites of a height x width lattice with `keep(y, x)`.
template <class Keep>
std::vector<Index> sites_where(Index height, Index width, const Keep& keep) {
  std::vector<Index> sites;
  for (Index y = 0; y < height; ++y) {
    for (Index x = 0; x < width; ++x) {
      if (keep(y, x)) sites.push_back(y * width + x);
    }
  }
  return sites;
}

std::vector<Neighbourhood> neighbourhoods(const MachineSettings& settings, const Images& images,
                                          Index side, Index height, Index width) {
  const Index rim = side / 2, h = images.height, w = images.width;
  const auto everywhere = [](Index, Index) { return true; };
  const auto inside = [&](Index y, Index x) {
    return y >= rim && y < h - rim && x >= rim && x < w - rim;
  };
  const std::string& machine = settings.machine;
  if (machine == "els_wrapped") {
    return {{sites_where(height, width, everywhere), sites_where(h, w, everywhere)}};
  }
  if (machine == "els_valid") {
    return {{sites_where(height, width, everywhere), sites_where(h, w, inside)}};
  }
  std::vector<Neighbourhood> all;
  if (machine == "ls") {
    for (Index i = 0; i < h * w; ++i) all.push_back({{i}, {i}});
    return all;
  }
  const std::vector<Index> interior = sites_where(h, w, inside);
  all.push_back({interior, interior});
  for (Index depth = 0; depth < rim; ++depth) {
    for (const Index row : {depth, h - 1 - depth}) {
      const auto edge =
          sites_where(h, w, [&](Index y, Index x) { return y == row && x >= rim && x < w - rim; });
      all.push_back({edge, edge});
    }
    for (const Index column : {depth, w - 1 - depth}) {
      const auto edge = sites_where(
          h, w, [&](Index y, Index x) { return x == column && y >= rim && y < h - rim; });
      all.push_back({edge, edge});
    }
  }
  for (const Index corner : sites_where(h, w, [&](Index y, Index x) {
         return (y < rim || y >= h - rim) && (x < rim || x >= w - rim);
       })) {
    all.push_back({{corner}, {corner}});
  }
  return all;
}

template <class Real>
using Queries = kernel::QueryMatrix<Real>;

/// The patches of one neighbourhood, ready for the kernels.
template <class Real>
struct Group {
  std::vector<Index> sites;
  kernel::PatchTable<Real> table;
  std::unique_ptr<kernel::SignCube> cube;    ///< for +-1 windows of at most 12 sites
  std::unique_ptr<kernel::SignTable> signs;  ///< for larger ones, in single precision

  /// Patches of the images minus `origin`, which the pixels of the states are relative to.
  Group(const Neighbourhood& place, const Images& images, const Windows& cut, double origin)
      : Group(place.sites, collect(place, images, cut, origin), images.channels, cut) {}

  /// One row per (state, site), one column per window coordinate; zeros beyond the edge.
  template <class Scalar>
  Queries<Scalar> queries(const States& x, const Windows& look, Index channels) const {
    const auto count = static_cast<Index>(sites.size());
    const Index lattice_sites = x.rows() / channels;
    Queries<Scalar> rows(count * x.cols(), channels * look.size());
    for (Index r = 0; r < look.size(); ++r) {
      for (Index i = 0; i < count; ++i) {
        const Index j = look.neighbour(sites[static_cast<std::size_t>(i)], r);
        for (Index c = 0; c < channels; ++c) {
          for (Index k = 0; k < x.cols(); ++k) {
            rows(k * count + i, c * look.size() + r) =
                j < 0 ? Scalar{0} : static_cast<Scalar>(x(c * lattice_sites + j, k));
          }
        }
      }
    }
    return rows;
  }

 private:
  Group(std::vector<Index> pixels, const PatchCollection<Real>& patches, Index channels,
        const Windows& cut)
      : sites(std::move(pixels)),
        table(patches.patches(), patches.log_weights(), centres(channels, cut.size())) {
    const VectorXd counts = channels == 1 ? patches.sign_counts() : VectorXd();
    if (counts.size() > 0) cube = std::make_unique<kernel::SignCube>(counts, cut.size() / 2);
    if constexpr (std::is_same_v<Real, float>) {
      if (cube || channels > 1 || !(patches.patches().array().abs() == 1).all()) return;
      signs = std::make_unique<kernel::SignTable>(patches.patches(), patches.log_weights(),
                                                  cut.size() / 2);
    }
  }

  static std::vector<Index> centres(Index channels, Index size) {
    std::vector<Index> rows;
    for (Index c = 0; c < channels; ++c) rows.push_back(c * size + size / 2);
    return rows;
  }

  static PatchCollection<Real> collect(const Neighbourhood& place, const Images& images,
                                       const Windows& cut, double origin) {
    const Index sites = images.height * images.width;
    PatchCollection<Real> patches(images.channels * cut.size());
    std::vector<Real> patch(static_cast<std::size_t>(images.channels * cut.size()));
    std::vector<Index> from(static_cast<std::size_t>(cut.size()));
    for (const Index centre : place.centres) {
      for (Index r = 0; r < cut.size(); ++r) {
        from[static_cast<std::size_t>(r)] = cut.neighbour(centre, r);
      }
      for (Index n = 0; n < images.count(); ++n) {
        for (Index c = 0; c < images.channels; ++c) {
          for (Index r = 0; r < cut.size(); ++r) {
            const Index j = from[static_cast<std::size_t>(r)];
            patch[static_cast<std::size_t>(c * cut.size() + r)] =
                j < 0 ? Real{0} : static_cast<Real>(images.values(c * sites + j, n) - origin);
          }
        }
        patches.add(patch, images.log_weights.size() > 0 ? std::exp(images.log_weights[n]) : 1.0);
      }
    }
    return patches;
  }
};

template <class Real>
class LocalMachine final : public PatchScore {
 public:
  LocalMachine(const MachineSettings& settings, const Images& images, Index height, Index width)
      : PatchScore(images.channels, height, width),
        scales_(settings.scales),
        height_(height),
        width_(width),
        periodic_(settings.machine.starts_with("els")),
        window_noise_(settings.window_noise),
        origin_(far_mean(images)) {
    for (const Index side : scales_.sides) {
      const Windows cut{side, images.height, images.width, periodic_};
      auto& level = levels_.emplace_back();
      for (const Neighbourhood& place : neighbourhoods(settings, images, side, height, width)) {
        if (!place.sites.empty()) level.emplace_back(place, images, cut, origin_);
      }
    }
    Index largest = 0;
    for (const auto& level : levels_) {
      for (const auto& group : level) largest = std::max(largest, group.table.count());
    }
    text_ = fmt::format("{} machine with {} x {} patches, {} distinct ones of {}", settings.machine,
                        fmt::join(scales_.sides, "/"), fmt::join(scales_.sides, "/"), largest,
                        images.text);
  }

  Windows windows(double beta) const override {
    return {scales_.sides[scales_.at(beta)], height_, width_, periodic_};
  }

  MatrixXd mean(const States& x, const Betas& beta) const override {
    return evaluate(relative(x), beta, nullptr).array() + origin_;
  }
  MatrixXd local_variance(const States& x, const Betas& beta) const override {
    MatrixXd square(x.rows(), x.cols());
    const MatrixXd m = evaluate(relative(x), beta, &square);
    return (square.array() - m.array().square()).max(0.0);
  }
  MatrixXd local_covariance(const Eigen::Ref<const VectorXd>& at, double beta) const override {
    const MatrixXd x = relative(at);
    const Windows look = windows(beta);
    MatrixXd result(channels() * look.size(), dimension());
    for (const Group<Real>& group : levels_[scales_.at(beta)]) {
      const auto count = static_cast<Index>(group.sites.size());
      const MatrixXd part =
          group.table.covariances(group.template queries<Real>(x, look, channels()), beta);
      for (Index c = 0; c < channels(); ++c) {
        for (Index i = 0; i < count; ++i) {
          result.col(c * sites() + group.sites[static_cast<std::size_t>(i)]) =
              part.col(c * count + i);
        }
      }
    }
    return result;
  }

  std::optional<KnownValue> known_value(Known quantity, double) const override {
    if (quantity != Known::window_noise || !window_noise_ || scales_.sides.size() > 1) {
      return std::nullopt;
    }
    const std::optional<double> noise = window_noise_(scales_.sides.front());
    if (!noise) return std::nullopt;
    return KnownValue{*noise, "s_c = sum of exact Ising correlations over the window, x = 0"};
  }
  double rounding() const override {
    if (std::is_same_v<Real, double>) return PatchScore::rounding();
    for (const auto& level : levels_) {
      for (const auto& group : level) {
        if (!group.cube) return std::numeric_limits<float>::epsilon();
      }
    }
    return PatchScore::rounding();  // sign windows are summed in double
  }
  std::string describe() const override { return text_; }
  std::size_t memory() const override {
    std::size_t bytes = sizeof(*this);
    for (const auto& level : levels_) {
      for (const auto& group : level) bytes += group.table.memory();
    }
    return bytes;
  }

 private:
  /// The mean pixel where it is far beyond the pixels' deviations: in single precision scores lose
  /// what the square of their ratio has in digits, and a shift of all pixels changes no posterior.
  static double far_mean(const Images& images) {
    constexpr double kFar = 4;  // as for datasets; bytes of pictures are below it
    if (std::is_same_v<Real, double>) return 0;
    const double mean = images.values.mean();
    const double variance = (images.values.array() - mean).square().mean();
    return mean * mean > kFar * kFar * variance && variance > 0 ? mean : 0;
  }
  MatrixXd relative(const States& x) const {
    if (origin_ == 0) return x;
    return x.array() - origin_;
  }

  /// Walkers of equal noise go through the kernels together, in batches that keep the queries
  /// small.
  MatrixXd evaluate(const States& x, const Betas& beta, MatrixXd* square) const {
    constexpr Index most_queries = 16384;
    const Index batch = std::max<Index>(1, most_queries / sites());
    MatrixXd result(x.rows(), x.cols());
    for (Index first = 0; first < x.cols();) {
      Index size = 1;
      while (size < batch && first + size < x.cols() && beta[first + size] == beta[first]) ++size;
      evaluate_batch(x, first, size, beta[first], result, square);
      first += size;
    }
    return result;
  }

  void evaluate_batch(const States& x, Index first, Index size, double beta, MatrixXd& result,
                      MatrixXd* square) const {
    const Windows look = windows(beta);
    const auto states = x.middleCols(first, size);
    for (const Group<Real>& group : levels_[scales_.at(beta)]) {
      const auto count = static_cast<Index>(group.sites.size());
      MatrixXd mean(count * size, channels()), squares;
      bool done = false;
      if (group.cube) {
        group.cube->average(group.template queries<double>(states, look, 1), beta, mean.col(0));
        done = mean.allFinite();
        if (square != nullptr) squares.setOnes(mean.rows(), 1);
      }
      if constexpr (std::is_same_v<Real, float>) {
        if (group.signs) {
          group.signs->average(group.template queries<float>(states, look, 1), beta, mean.col(0));
          if (square != nullptr) squares.setOnes(mean.rows(), 1);
          done = true;
        }
      }
      if (!done) {
        if (square != nullptr) squares.resize(mean.rows(), channels());
        group.table.average(group.template queries<Real>(states, look, channels()), beta, mean,
                            square == nullptr ? nullptr : &squares);
      }
      for (Index c = 0; c < channels(); ++c) {
        for (Index k = 0; k < size; ++k) {
          for (Index i = 0; i < count; ++i) {
            const Index pixel = c * sites() + group.sites[static_cast<std::size_t>(i)];
            result(pixel, first + k) = mean(k * count + i, c);
            if (square != nullptr) (*square)(pixel, first + k) = squares(k * count + i, c);
          }
        }
      }
    }
  }

  Scales scales_;
  Index height_, width_;
  bool periodic_;
  std::function<std::optional<double>(Index)> window_noise_;
  double origin_;
  std::vector<std::vector<Group<Real>>> levels_;  ///< one per scale
  std::string text_;
};

}  // namespace

std::shared_ptr<const Denoiser> build_local_machine(const MachineSettings& settings,
                                                    const Images& images) {
  const Index height = settings.side > 0 ? settings.side : images.height;
  const Index width = settings.side > 0 ? settings.side : images.width;
  if (settings.single_precision) {
    return std::make_shared<LocalMachine<float>>(settings, images, height, width);
  }
  return std::make_shared<LocalMachine<double>>(settings, images, height, width);
}

}  // namespace symbreak::target
