#include "analysis/findings/equation_of_state/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/equation_of_state/observables.hpp"

namespace symbreak::findings::equation_of_state {

namespace {

constexpr int kStable = 0, kUnstable = 1;  // colours
constexpr std::size_t kFrames = 61;

struct Branch {
  double m = 0, potential = 0;
  bool stable = true;
};

std::vector<Branch> branches(const Point& point) {
  const Observable& table = point.at(observable::branches);
  const Index k = table.shape[1];
  std::vector<Branch> all;
  for (Index i = 0; i < table.shape[0]; ++i) {
    const VectorXd m = table.estimate.mean.segment(i * k, k);
    if (!m.allFinite()) continue;
    all.push_back({k == 1 ? m[0] : m.norm(), at(point, observable::branch_potential, i),
                   at(point, observable::branch_unstable, i) == 0});
  }
  return all;
}

/// Two mirrored branches end where they meet the symmetric one, as sqrt|t - t_c|, which no grid of
/// times resolves: their curves are drawn into that point.
void close(Curve& curve, double t_c, bool at_end) {
  const double t = at_end ? curve.x.back() : curve.x.front();
  const double m = at_end ? curve.y.back() : curve.y.front();
  std::vector<double> times, values;
  for (const double fraction : {0.5, 0.2, 0.05, 0.0}) {
    times.push_back(t_c + (t - t_c) * fraction);
    values.push_back(m * std::sqrt(fraction));
  }
  if (!at_end) {
    std::reverse(times.begin(), times.end());
    std::reverse(values.begin(), values.end());
  }
  curve.x.insert(at_end ? curve.x.end() : curve.x.begin(), times.begin(), times.end());
  curve.y.insert(at_end ? curve.y.end() : curve.y.begin(), values.begin(), values.end());
}

/// Branches joined over time to curves: each continues the nearest one of the same stability at the
/// previous time. Where a branch lies midway between two, they merge and a new curve starts.
std::vector<Curve> tracks(const TimeSeries& series,
                          const std::vector<std::pair<double, std::string>>& critical_times) {
  struct Track {
    Curve curve;
    double m;
    bool stable, alive;
  };
  double extent = 0;
  for (const Point* point : series.points) {
    for (const Branch& branch : branches(*point)) extent = std::max(extent, std::abs(branch.m));
  }
  std::vector<Track> all;
  for (const Point* point : series.points) {
    std::vector<Track> born;
    std::vector<bool> taken(all.size(), false);
    for (const Branch& branch : branches(*point)) {
      std::size_t best = all.size();
      double nearest = 0.35 * extent + 1e-12;
      for (std::size_t k = 0; k < all.size(); ++k) {
        const double distance = std::abs(all[k].m - branch.m);
        if (all[k].alive && !taken[k] && all[k].stable == branch.stable && distance < nearest) {
          best = k;
          nearest = distance;
        }
      }
      for (std::size_t k = 0; k < all.size(); ++k) {
        const double tie = std::abs(std::abs(all[k].m - branch.m) - nearest);
        if (best < all.size() && k != best && all[k].alive && !taken[k] &&
            all[k].stable == branch.stable && tie < 1e-6 * extent) {
          best = all.size();
        }
      }
      if (best == all.size()) {
        Curve curve{.style = branch.stable ? Curve::Style::line : Curve::Style::dashed,
                    .colour = branch.stable ? kStable : kUnstable};
        born.push_back({curve, branch.m, branch.stable, true});
        push(born.back().curve, point->number(kTime), branch.m);
      } else {
        taken[best] = true;
        all[best].m = branch.m;
        push(all[best].curve, point->number(kTime), branch.m);
      }
    }
    for (std::size_t k = 0; k < all.size(); ++k) all[k].alive = taken[k];
    all.insert(all.end(), born.begin(), born.end());
  }
  const auto spacing = [&series](double t) {  // to the farther one of the neighbouring times
    double widest = 0;
    for (std::size_t i = 0; i + 1 < series.points.size(); ++i) {
      const double a = series.points[i]->number(kTime), b = series.points[i + 1]->number(kTime);
      if (a == t || b == t) widest = std::max(widest, b - a);
    }
    return widest;
  };
  std::vector<Curve> curves;
  bool named[2] = {false, false};
  for (Track& track : all) {
    const int kind = track.stable ? kStable : kUnstable;
    if (!named[kind]) track.curve.label = track.stable ? "stable" : "unstable";
    named[kind] = true;
    const double first = track.curve.x.front(), last = track.curve.x.back();
    for (const auto& [t_c, label] : critical_times) {
      for (const bool at_end : {false, true}) {
        const double m = at_end ? track.curve.y.back() : track.curve.y.front();
        const double t = at_end ? last : first, beyond = at_end ? t_c - last : first - t_c;
        const bool mirrored = std::any_of(all.begin(), all.end(), [&](const Track& other) {
          const Curve& twin = other.curve;
          const auto found = std::find(twin.x.begin(), twin.x.end(), t);
          return found != twin.x.end() &&
                 std::abs(twin.y[static_cast<std::size_t>(found - twin.x.begin())] + m) <
                     1e-6 * extent;
        });
        if (std::abs(m) > 1e-6 * extent && mirrored && beyond > 0 && beyond <= spacing(t)) {
          close(track.curve, t_c, at_end);
        }
      }
    }
    curves.push_back(track.curve);
  }
  return curves;
}

/// Draws the figures of one series; holds what they share.
class Painter {
 public:
  Painter(const TimeSeries& series, const std::vector<std::pair<double, std::string>>& times,
          Findings& findings)
      : series_(series),
        times_(times),
        findings_(findings),
        suffix_(joined(" (", series.label(), ")")) {}

  void pitchfork() {
    const bool several_axes = series_.first().at(observable::branches).shape[1] > 1;
    pitchfork_ =
        figure("pitchfork", "Branches of the equation of state", "t", several_axes ? "|m|" : "m",
               "All solutions of the self-consistency; solid: stable, dashed: unstable.");
    pitchfork_.curves = tracks(series_, times_);
    pitchfork_.vertical_lines = times_;
    findings_.figures.push_back(pitchfork_);
  }

  void eigenvalue() {
    Figure result =
        figure("eigenvalue", "Stability of the symmetric branch", "t", "kappa beta lambda_max",
               "Largest eigenvalue of kappa beta Cov(y); the symmetric branch is "
               "unstable where it exceeds 1.");
    const auto top = [](const Point& point) {
      return std::optional(at(point, observable::top_eigenvalue));
    };
    const Curve curve = along(series_.points, kTime, top, line("symmetric branch"));
    result.curves = {curve,
                     line("1", {curve.x.front(), curve.x.back()}, {1, 1}, Curve::Style::dashed)};
    result.vertical_lines = times_;
    findings_.figures.push_back(result);
  }

  void scaling() {
    const double t_c = times_.front().first;
    const std::string distance = "|tau|, tau = t/t_c - 1";
    Figure squares =
        figure("magnetization_squared", "Order parameter below the critical time", distance, "m^2",
               "m^2 is analytic in tau: the line is its slope at the critical time.");
    Figure response =
        figure("susceptibility", "Susceptibility on both sides", distance, "chi = dm/dh",
               "chi ~ |tau|^-1 on both sides; the amplitudes differ by a factor 2.", Log::both);
    Curve m2{.label = "below"}, below{.label = "below"}, above{.label = "above"};
    for (const Point* point : series_.points) {
      const double tau = point->number(kTime) / t_c - 1;
      const double chi = at(*point, observable::susceptibility),
                   m = at(*point, observable::magnetization);
      if (std::abs(tau) < 1e-7) continue;
      if (tau < 0) push(m2, -tau, m * m);
      if (!std::isfinite(chi)) continue;
      Curve& side = tau < 0 ? below : above;
      push(side, std::abs(tau), chi);
    }
    const auto law = [](const Curve& data, double power, const std::string& label) {
      const auto nearest =
          static_cast<std::size_t>(std::min_element(data.x.begin(), data.x.end()) - data.x.begin());
      Curve result = line(label);
      const double largest = *std::max_element(data.x.begin(), data.x.end());
      for (const double x : {data.x[nearest], largest}) {
        push(result, x, data.y[nearest] * std::pow(x / data.x[nearest], power));
      }
      return result;
    };
    if (m2.x.size() > 1) {
      squares.curves = {m2, law(m2, 1, "|tau|^1")};
      findings_.figures.push_back(squares);
    }
    for (const Curve& side : {below, above}) {
      if (side.x.size() < 2) continue;
      response.curves.push_back(side);
      response.curves.push_back(law(side, -1, "|tau|^-1"));
    }
    add(findings_, response);
    isotherm(t_c);
  }

  void landscape() {
    if (series_.first().find(observable::landscape) == nullptr) return;
    const bool plane = series_.first().at(observable::landscape).shape.size() == 2;
    verdict::Movie movie;
    movie.name = "landscape" + series_.stem();
    movie.title = "Potential" + suffix_;
    movie.caption = plane ? "The potential F(x) + x^2/(2 kappa) above its minimum, in the plane of "
                            "the first two order axes."
                          : "The potential F(x) + x^2/(2 kappa) along the order axis, relative to "
                            "the symmetric branch, next to the branches at the same time.";
    movie.parameter = "t";
    const std::size_t count = series_.points.size(), frames = std::min(count, kFrames);
    for (std::size_t i = 0; i < frames; ++i) {
      const Point& point = *series_.points[frames > 1 ? i * (count - 1) / (frames - 1) : 0];
      Figure branches_now = pitchfork_;
      branches_now.name = fmt::format("{}_{}_branches", movie.name, i);
      branches_now.vertical_lines = {{point.number(kTime), "t"}};
      movie.values.push_back(point.number(kTime));
      movie.frames.push_back({plane ? surface(point) : profile(point), branches_now});
      movie.frames.back().front().name = fmt::format("{}_{}", movie.name, i);
    }
    if (!plane) same_range(movie);
    findings_.movies.push_back(movie);
  }

 private:
  Figure figure(const std::string& name, const std::string& title, const std::string& x_label,
                const std::string& y_label, const std::string& caption, Log log = Log::none) {
    return new_figure(name + series_.stem(), title + suffix_, x_label, y_label, log, caption);
  }

  void isotherm(double t_c) {
    const Point& nearest = **std::min_element(
        series_.points.begin(), series_.points.end(), [&](const Point* a, const Point* b) {
          return std::abs(a->number(kTime) - t_c) < std::abs(b->number(kTime) - t_c);
        });
    const Observable* m = nearest.find(observable::isotherm);
    if (m == nullptr) return;
    Figure result = figure("isotherm", "Critical isotherm", "h", "m",
                           "m ~ h^{1/3} at the critical time.", Log::both);
    Curve data{.label = fmt::format("t = {:.6g}", nearest.number(kTime))};
    const auto fields = nearest.numbers("experiment.isotherm");
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const double value = m->estimate.mean[static_cast<Index>(i)];
      if (!(value > 0)) continue;
      push(data, fields[i], value);
    }
    if (data.x.size() < 2) return;
    const auto smallest =
        static_cast<std::size_t>(std::min_element(data.x.begin(), data.x.end()) - data.x.begin());
    Curve law = line("h^{1/3}");
    for (const double h : fields) push(law, h, data.y[smallest] * std::cbrt(h / data.x[smallest]));
    result.curves = {data, law};
    findings_.figures.push_back(result);
  }

  /// F~ along the order axis relative to the symmetric branch, with the branches on it.
  Figure profile(const Point& point) {
    Figure result = figure("", fmt::format("Potential at t = {:.4g}", point.number(kTime)), "m",
                           "F + x^2/(2 kappa)", "");
    const double symmetric = at(point, observable::symmetric_branch);
    double zero = 0, distance = 1e300;
    for (const Branch& branch : branches(point)) {
      if (std::abs(branch.m - symmetric) < distance) zero = branch.potential;
      distance = std::min(distance, std::abs(branch.m - symmetric));
    }
    const VectorXd& axis = point.at(observable::landscape_axis).estimate.mean;
    const VectorXd& potential = point.at(observable::landscape).estimate.mean;
    Curve curve = line("potential");
    for (Index i = 0; i < axis.size(); ++i) push(curve, axis[i], potential[i] - zero);
    Curve stable{.label = "stable", .colour = kStable};
    Curve unstable{.label = "unstable", .colour = kUnstable};
    for (const Branch& branch : branches(point)) {
      Curve& kind = branch.stable ? stable : unstable;
      push(kind, branch.m, branch.potential - zero);
    }
    result.curves = {curve};
    for (const Curve& kind : {stable, unstable}) add(result, kind);
    return result;
  }

  Figure surface(const Point& point) {
    Figure result =
        figure("", fmt::format("Potential at t = {:.4g}", point.number(kTime)), "m_1", "m_2", "");
    const VectorXd& axis = point.at(observable::landscape_axis).estimate.mean;
    const VectorXd& potential = point.at(observable::landscape).estimate.mean;
    verdict::Surface grid;
    grid.x.assign(axis.begin(), axis.end());
    grid.y = grid.x;
    grid.z.resize(axis.size(), axis.size());
    for (Index i = 0; i < axis.size(); ++i) {
      grid.z.row(i) = potential.segment(i * axis.size(), axis.size()).transpose().array() -
                      potential.minCoeff();
    }
    result.surface = grid;
    return result;
  }

  /// One scale for all frames, deep enough for the wells and not much higher.
  static void same_range(verdict::Movie& movie) {
    double low = 0, high = 0;
    for (const auto& frame : movie.frames) {
      for (const double y : frame.front().curves.front().y) {
        low = std::min(low, y);
        high = std::max(high, y);
      }
    }
    const double depth = low < -1e-3 * high ? -low : 0.05 * high;
    for (auto& frame : movie.frames) {
      frame.front().y_range = {{-1.1 * depth, 1.5 * depth}};
      const std::vector<double>& x = frame.front().curves.front().x;
      frame.front().x_range = {{x.front(), x.back()}};
    }
  }

  const TimeSeries& series_;
  const std::vector<std::pair<double, std::string>>& times_;
  Findings& findings_;
  std::string suffix_;
  Figure pitchfork_;
};

}  // namespace

void draw(const TimeSeries& series,
          const std::vector<std::pair<double, std::string>>& critical_times, bool scaling,
          Findings& findings) {
  Painter painter(series, critical_times, findings);
  painter.pitchfork();
  painter.eigenvalue();
  if (scaling) painter.scaling();
  painter.landscape();
}

}  // namespace symbreak::findings::equation_of_state
