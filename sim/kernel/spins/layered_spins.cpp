#include "sim/kernel/spins/layered_spins.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "sim/kernel/spins/layered_sweep.hpp"

namespace symbreak::kernel {

using transfer::Complex;
using transfer::Dual;
using transfer::kLanes;
using transfer::kVanishing;
using transfer::Plain;
using transfer::Sweep;

LayeredSpins::LayeredSpins(int width, int layers)
    : width_(width),
      layers_(layers),
      between_(static_cast<std::size_t>(width) * static_cast<std::size_t>(layers)),
      within_(static_cast<std::size_t>(layers)) {
  if (width < 1 || width > kWidest || layers < 1) throw std::invalid_argument("LayeredSpins: size");
}

void LayeredSpins::bind_layers(int layer, int r, double K) {
  between_[static_cast<std::size_t>(layer * width_ + r)] += K;
  if (layer == 0 && K != 0) closed_ = true;
}

void LayeredSpins::bind_within(int layer, int r, int other, double K) {
  within_[static_cast<std::size_t>(layer)].push_back({std::min(r, other), std::max(r, other), K});
}

void LayeredSpins::finish() {
  const std::size_t size = std::size_t{1} << width_;
  table_.clear();
  std::vector<int> owner;  // layer that a table was made for
  for (int layer = 0; layer < layers_; ++layer) {
    auto& bonds = within_[static_cast<std::size_t>(layer)];
    std::sort(bonds.begin(), bonds.end(), [](const Bond& a, const Bond& b) {
      return std::pair(a.r, a.other) < std::pair(b.r, b.other);
    });
    const auto same = std::find_if(owner.begin(), owner.end(), [&](int other) {
      return within_[static_cast<std::size_t>(other)] == bonds;
    });
    table_.push_back(static_cast<int>(same - owner.begin()));
    if (same != owner.end()) continue;
    owner.push_back(layer);
    std::vector<double> energy(size, 0.0), weight(size);
    for (const Bond& bond : bonds) {
      for (std::size_t c = 0; c < size; ++c) {
        energy[c] += ((c >> bond.r ^ c >> bond.other) & 1) != 0 ? -bond.K : bond.K;
      }
    }
    top_.push_back(*std::max_element(energy.begin(), energy.end()));
    for (std::size_t c = 0; c < size; ++c) weight[c] = std::exp(energy[c] - top_.back());
    energy_.push_back(std::move(energy));
    weight_.push_back(std::move(weight));
  }
}

double LayeredSpins::operations() const {
  const double size = std::exp2(width_);
  return static_cast<double>(sites()) * size * (closed_ ? size : 1);
}

std::size_t LayeredSpins::memory() const {
  const std::size_t size = std::size_t{1} << width_, layers = static_cast<std::size_t>(layers_);
  return energy_.size() * size * 16 + between_.size() * 8 +
         (layers + 2) * size * sizeof(Dual) +  // one evaluation
         static_cast<std::size_t>(sites()) * 2 * sizeof(Dual) + layers * 32;
}

namespace {

constexpr double kNegligible = 45;  // exp(-45) = 3e-20

/// What the lanes of all groups are: (walker, closing configuration), walkers slowest. The
/// configurations are taken in an order that begins with the one the field favours, so that the
/// heaviest come early and the backward pass of the others can be left out.
template <class Number, class Coupling, class Visit>
void for_each_group(const LayeredSpins& spins, std::span<const double> fields,
                    std::span<const double> more, Sweep<Number, Coupling>& sweep,
                    const Visit& visit) {
  const auto sites = static_cast<std::size_t>(spins.sites()),
             width = static_cast<std::size_t>(spins.width());
  const std::size_t walkers = fields.size() / sites;
  const std::size_t closings = spins.closed() ? std::size_t{1} << width : 1;
  std::vector<std::uint32_t> favoured(walkers, 0);
  for (std::size_t k = 0; spins.closed() && k < walkers; ++k) {
    const double* last = &fields[k * sites + sites - width];
    for (std::size_t r = 0; r < width; ++r)
      favoured[k] |= static_cast<std::uint32_t>(last[r] > 0) << r;
  }
  std::size_t walker[kLanes], before[kLanes];
  std::fill(before, before + kLanes, walkers);
  std::uint32_t closing[kLanes];
  for (std::size_t first = 0; first < walkers * closings; first += kLanes) {
    const std::size_t used = std::min(kLanes, walkers * closings - first);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const std::size_t job = first + std::min(lane, used - 1);
      walker[lane] = job / closings;
      closing[lane] = static_cast<std::uint32_t>(job % closings) ^ favoured[walker[lane]];
    }
    if (!std::equal(walker, walker + kLanes, before)) {
      std::copy(walker, walker + kLanes, before);
      sweep.clear_field();
      double field[kLanes], extra[kLanes] = {};
      for (std::size_t i = 0; i < sites; ++i) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
          field[lane] = fields[walker[lane] * sites + i];
          if (!more.empty()) extra[lane] = more[walker[lane] * sites + i];
        }
        sweep.set_field(i, field, extra);
      }
    }
    visit(used, walker, closing);
  }
}

/// Running averages over closing configurations of weights exp(log): rescaled when a heavier one
/// comes.
struct Running {
  double top = -INFINITY, weight = 0;
  /// Factor for what has been added so far; then add with exp(log - top).
  double raise(double log) {
    if (log <= top) return 1;
    const double factor = std::exp(top - log);
    top = log;
    weight *= factor;
    return factor;
  }
};

}  // namespace

void LayeredSpins::sums(std::span<const double> fields, std::span<double> log_sum,
                        std::span<double> mean) const {
  const auto n = static_cast<std::size_t>(sites());
  Sweep<Plain, Plain> sweep(*this);
  std::vector<Running> running(log_sum.size());
  std::fill(mean.begin(), mean.end(), 0.0);
  for_each_group(*this, fields, {}, sweep,
                 [&](std::size_t used, const std::size_t* walker, const std::uint32_t* closing) {
                   const Plain value = sweep.forward(closing, !mean.empty());
                   double weight[kLanes] = {};
                   bool any = false;
                   for (std::size_t lane = 0; lane < used; ++lane) {
                     if (!(value.value[lane] > kVanishing)) continue;
                     const std::size_t k = walker[lane];
                     const double log = std::log(value.value[lane]) + sweep.scale()[lane];
                     Running& sum = running[k];
                     if (const double factor = sum.raise(log); factor != 1 && !mean.empty()) {
                       for (double& m : mean.subspan(k * n, n)) m *= factor;
                       for (std::size_t other = 0; other < lane; ++other) {
                         if (walker[other] == k) weight[other] *= factor;
                       }
                     }
                     weight[lane] = std::exp(log - sum.top);
                     sum.weight += weight[lane];
                     any = any || log > sum.top - kNegligible;
                   }
                   if (mean.empty() || !any) return;
                   sweep.backward(closing, [&](std::size_t site, Plain difference, Plain total) {
                     for (std::size_t lane = 0; lane < used; ++lane) {
                       if (weight[lane] == 0 || !(total.value[lane] > 0)) continue;
                       mean[walker[lane] * n + site] +=
                           weight[lane] * (difference.value[lane] / total.value[lane]);
                     }
                   });
                 });
  for (std::size_t k = 0; k < log_sum.size(); ++k) {
    log_sum[k] = running[k].top + std::log(running[k].weight);
    if (!mean.empty()) {
      for (double& m : mean.subspan(k * n, n)) m /= running[k].weight;
    }
  }
}

void LayeredSpins::slopes(std::span<const double> fields, std::span<const double> direction,
                          std::span<double> mean_slope) const {
  const auto n = static_cast<std::size_t>(sites());
  const std::size_t walkers = fields.size() / n;
  Sweep<Dual, Plain> sweep(*this);
  std::vector<Running> running(walkers);
  // <m>, <dm + m d(log Z_c)> and <d(log Z_c)> over closing configurations c.
  std::vector<double> mean(fields.size(), 0.0), shift(walkers, 0.0);
  std::fill(mean_slope.begin(), mean_slope.end(), 0.0);
  for_each_group(*this, fields, direction, sweep,
                 [&](std::size_t used, const std::size_t* walker, const std::uint32_t* closing) {
                   const Dual value = sweep.forward(closing, true);
                   double weight[kLanes] = {}, tilt[kLanes] = {};
                   for (std::size_t lane = 0; lane < used; ++lane) {
                     if (!(value.value[lane] > kVanishing)) continue;
                     const std::size_t k = walker[lane];
                     const double log = std::log(value.value[lane]) + sweep.scale()[lane];
                     if (const double factor = running[k].raise(log); factor != 1) {
                       for (std::size_t i = k * n; i < (k + 1) * n; ++i) {
                         mean[i] *= factor;
                         mean_slope[i] *= factor;
                       }
                       shift[k] *= factor;
                       for (std::size_t other = 0; other < lane; ++other) {
                         if (walker[other] == k) weight[other] *= factor;
                       }
                     }
                     weight[lane] = std::exp(log - running[k].top);
                     running[k].weight += weight[lane];
                     tilt[lane] = value.slope[lane] / value.value[lane];
                   }
                   bool any = false;
                   for (std::size_t lane = 0; lane < used; ++lane) {
                     shift[walker[lane]] += weight[lane] * tilt[lane];
                     any = any || weight[lane] > std::exp(-kNegligible);
                   }
                   if (!any) return;
                   sweep.backward(closing, [&](std::size_t site, Dual difference, Dual total) {
                     for (std::size_t lane = 0; lane < used; ++lane) {
                       if (weight[lane] == 0 || !(total.value[lane] > 0)) continue;
                       const double m = difference.value[lane] / total.value[lane];
                       const double slope =
                           (difference.slope[lane] - m * total.slope[lane]) / total.value[lane];
                       mean[walker[lane] * n + site] += weight[lane] * m;
                       mean_slope[walker[lane] * n + site] +=
                           weight[lane] * (slope + m * tilt[lane]);
                     }
                   });
                 });
  for (std::size_t k = 0; k < walkers; ++k) {
    const double norm = running[k].weight;
    for (std::size_t i = k * n; i < (k + 1) * n; ++i) {
      mean_slope[i] = (mean_slope[i] - mean[i] * shift[k] / norm) / norm;
    }
  }
}

void LayeredSpins::energies(std::span<const double> fields, std::span<double> energy) const {
  Sweep<Dual, Dual> sweep(*this);
  std::vector<Running> running(energy.size());
  std::fill(energy.begin(), energy.end(), 0.0);
  for_each_group(*this, fields, {}, sweep,
                 [&](std::size_t used, const std::size_t* walker, const std::uint32_t* closing) {
                   const Dual value = sweep.forward(closing, false);
                   for (std::size_t lane = 0; lane < used; ++lane) {
                     if (!(value.value[lane] > kVanishing)) continue;
                     const std::size_t k = walker[lane];
                     const double log = std::log(value.value[lane]) + sweep.scale()[lane];
                     energy[k] *= running[k].raise(log);
                     const double weight = std::exp(log - running[k].top);
                     running[k].weight += weight;
                     energy[k] += weight * (value.slope[lane] / value.value[lane]);
                   }
                 });
  for (std::size_t k = 0; k < energy.size(); ++k) energy[k] /= running[k].weight;
}

std::vector<double> LayeredSpins::law_of_up_spins(std::span<const double> field) const {
  // Z(phi)/Z(0) = sum_n P(n) exp(i phi (2n - N)) at phi_k = pi k/(N+1); Z(-phi) is its conjugate.
  const std::size_t n = field.size(), modes = n + 1, independent = modes / 2 + 1;
  constexpr std::size_t kBatch = 64;
  std::vector<std::complex<double>> transform(independent);
  double reference = 0;
  sums(field, {&reference, 1}, {});
  for (std::size_t first = 0; first < independent; first += kBatch) {
    const std::size_t count = std::min(kBatch, independent - first);
    std::vector<double> fields(count * n), phases(count * n);
    for (std::size_t k = 0; k < count; ++k) {
      const double phase = M_PI * static_cast<double>(first + k) / static_cast<double>(modes);
      std::copy(field.begin(), field.end(), &fields[k * n]);
      std::fill(&phases[k * n], &phases[k * n] + n, phase);
    }
    Sweep<Complex, Plain> group(*this);
    for_each_group(*this, fields, phases, group,
                   [&](std::size_t used, const std::size_t* walker, const std::uint32_t* closing) {
                     const Complex value = group.forward(closing, false);
                     for (std::size_t lane = 0; lane < used; ++lane) {
                       const double factor = std::exp(group.scale()[lane] - reference);
                       transform[first + walker[lane]] +=
                           std::complex(value.value[lane], value.imaginary[lane]) * factor;
                     }
                   });
  }
  std::vector<double> law(modes, 0.0);
  for (std::size_t up = 0; up < modes; ++up) {
    const double M = 2.0 * static_cast<double>(up) - static_cast<double>(n);
    for (std::size_t k = 0; k < independent; ++k) {
      const double phase = M_PI * static_cast<double>(k) / static_cast<double>(modes) * M;
      const double twice = k == 0 ? 1 : 2;
      // phi_k and phi_{N+1-k} = pi - phi_k: Z(pi - phi) = (-1)^N conj Z(phi), the same cosine.
      const bool own_mirror = 2 * k == modes;
      law[up] += (own_mirror ? 1 : twice) * (transform[k] * std::polar(1.0, -phase)).real();
    }
    law[up] = std::max(0.0, law[up] / static_cast<double>(modes));
  }
  return law;
}

std::vector<double> LayeredSpins::closing_log_weights(std::span<const double> field) const {
  if (!closed_) return {};
  std::vector<double> result(std::size_t{1} << width_, -INFINITY);
  Sweep<Plain, Plain> sweep(*this);
  for_each_group(*this, field, {}, sweep,
                 [&](std::size_t used, const std::size_t*, const std::uint32_t* closing) {
                   const Plain value = sweep.forward(closing, false);
                   for (std::size_t lane = 0; lane < used; ++lane) {
                     if (value.value[lane] > 0) {
                       result[closing[lane]] = std::log(value.value[lane]) + sweep.scale()[lane];
                     }
                   }
                 });
  return result;
}

}  // namespace symbreak::kernel
