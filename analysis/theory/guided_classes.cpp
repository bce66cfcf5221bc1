#include "analysis/theory/guided_classes.hpp"

#include <algorithm>
#include <cmath>

namespace symbreak::theory {

namespace {

struct Moments {
  double A = 0, V = 0;
  Moments operator+(const Moments& other) const { return {A + other.A, V + other.V}; }
  Moments operator*(double factor) const { return {A * factor, V * factor}; }
};

class Guided {
 public:
  explicit Guided(const GuidedClass& setting) : s_(setting) {}

  /// d/dln e. Condensed: the score is that of the class.
  Moments rate(double log_e, const Moments& at, bool condensed) const {
    const double e = std::exp(log_e), w = condensed ? 0 : s_.weight(e - s_.within);
    const double pull = 1 + w - w * e / (s_.centres + e);
    const double drift = s_.flow ? 0.5 : 1;
    return {drift * (pull * at.A - 1 - w), 2 * drift * pull * at.V - (s_.flow ? 0 : e)};
  }
  Moments step(double log_e, double h, const Moments& at, bool condensed) const {
    const Moments k1 = rate(log_e, at, condensed);
    const Moments k2 = rate(log_e + h / 2, at + k1 * (h / 2), condensed);
    const Moments k3 = rate(log_e + h / 2, at + k2 * (h / 2), condensed);
    const Moments k4 = rate(log_e + h, at + k3 * h, condensed);
    return at + (k1 + k2 * 2 + k3 * 2 + k4) * (h / 6);
  }
  /// Log weight of all other classes over that of the wanted one, per dimension.
  double others(double log_e, const Moments& at) const {
    const double e = std::exp(log_e), all = s_.centres + e, off = at.A - 1;
    return s_.rate - (std::log(all) - log_e) / 2 - (s_.own * at.A * at.A + at.V) / (2 * all) +
           (s_.own * off * off + at.V) / (2 * e);
  }

 private:
  const GuidedClass& s_;
};

}  // namespace

ManyClassLaw guided_class(const GuidedClass& setting) {
  constexpr double kStep = 0.005;
  const Guided guided(setting);
  const double end = std::log(setting.within + setting.to);
  double at = std::log(setting.within + setting.from);
  Moments moments{0, std::exp(at) + setting.centres};
  bool condensed = false;
  ManyClassLaw law;
  const auto steps = std::max(1.0, std::ceil((at - end) / kStep));
  const double h = (end - at) / steps;
  while (at > end + 1e-9 * kStep) {
    double length = std::max(h, end - at);
    Moments next = guided.step(at, length, moments, condensed);
    if (!condensed && guided.others(at + length, next) <= 0) {
      // The step ends where it condenses.
      double low = 0, high = length;
      for (int i = 0; i < 60; ++i) {
        length = (low + high) / 2;
        next = guided.step(at, length, moments, false);
        (guided.others(at + length, next) > 0 ? low : high) = length;
      }
      condensed = true;
      law.condensation = std::exp(at + length) - setting.within;
    }
    at += length;
    moments = next;
  }
  law.shift = moments.A - 1;
  law.variance = moments.V / (setting.within + setting.to);
  return law;
}

}  // namespace symbreak::theory
