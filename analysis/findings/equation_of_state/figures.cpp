#include "analysis/findings/equation_of_state/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/equation_of_state/observables.hpp"
#include "analysis/findings/equation_of_state/tracks.hpp"

namespace symbreak::findings::equation_of_state {

namespace {

constexpr std::size_t kFrames = 61;

/// Draws the figures of one series; holds what they share.
class Painter {
 public:
  Painter(const TimeSeries& series, const std::vector<std::pair<double, std::string>>& times,
          Findings& findings)
      : series_(series), times_(times), findings_(findings) {}

  void pitchfork() {
    const bool several_axes = series_.first().at(observable::branches).shape[1] > 1;
    pitchfork_ =
        figure("pitchfork", "Branches of the equation of state", "t", several_axes ? "|m|" : "m",
               "All solutions of the self-consistency; solid: stable, dashed: unstable. Below "
               "the critical time the symmetric one gives way to those of the data.");
    pitchfork_.curves = tracks(series_, times_);
    pitchfork_.vertical_lines = times_;
    findings_.figures.push_back(pitchfork_);
  }

  void eigenvalue() {
    Figure result = figure(
        "eigenvalue", "Stability of the symmetric branch", "t", "κβλ_max",
        "Largest eigenvalue of κβ Cov(y) on the symmetric branch, which is unstable where it "
        "exceeds 1 (dashed).");
    const auto top = [](const Point& point) {
      return std::optional(at(point, observable::top_eigenvalue));
    };
    const Curve curve = along(series_.points, kTime, top, line("symmetric branch"));
    result.curves = {curve, line("κβλ_max = 1: unstable above", {curve.x.front(), curve.x.back()},
                                 {1, 1}, Curve::Style::dashed)};
    result.vertical_lines = times_;
    findings_.figures.push_back(result);
  }

  /// Judged exponents: log-log, the window of the fits shaded.
  void scaling(double window) {
    const double t_c = times_.front().first;
    const std::string distance = "|τ|, τ = t/t_c − 1";
    Figure squares = figure(
        "magnetization_squared", "Order parameter below the critical time", distance, "m²",
        "m² ~ |τ|^{2β}, analytic in τ: the line is its slope at the critical time.", Log::both);
    Figure response = figure(
        "susceptibility", "Susceptibility on both sides", distance, "χ = dm/dh",
        "χ ~ |τ|^{−γ} on both sides; the amplitude above t_c is twice that below.", Log::both);
    const bool part = std::any_of(series_.points.begin(), series_.points.end(), [&](const auto* p) {
      return std::abs(p->number(kTime) / t_c - 1) > window * (1 + 1e-6);
    });
    if (part) {  // otherwise all of it is
      squares.bands = response.bands = {{1e-300, window}};
      for (Figure* each : {&squares, &response}) {
        each->caption += " Shaded: the window of the fit.";
      }
    }
    Curve m2{.label = "t < t_c"}, below{.label = "t < t_c", .colour = 0},
        above{.label = "t > t_c", .colour = 1};
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
      squares.curves = {m2, law(m2, 1, "∝ |τ|")};
      findings_.figures.push_back(squares);
    }
    for (const Curve& side : {below, above}) {
      if (side.x.size() < 2) continue;
      response.curves.push_back(side);
      response.curves.push_back(law(side, -1, "∝ |τ|^{−1}"));
      response.curves.back().colour = side.colour;
    }
    add(findings_, response);
    isotherm(t_c);
  }

  void landscape() {
    if (series_.first().find(observable::landscape) == nullptr) return;
    const bool plane = series_.first().at(observable::landscape).shape.size() == 2;
    const bool beside = series_.first().find(observable::landscape_plane) != nullptr;
    verdict::Movie movie;
    movie.name = "landscape" + series_.stem();
    movie.title = "Potential" + joined(", ", series_.label());
    movie.caption = plane
                        ? "The potential F(x) + x²/2κ above its minimum, in the plane of the first "
                          "two order axes, from noise (large t) to data."
                        : "The potential F(x) + x²/2κ along the order axis, relative to the "
                          "symmetric branch, next to the branches at the same time.";
    if (beside) movie.caption += " In the plane: the same over the order axis and beside it.";
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
      if (beside) {
        movie.frames.back().insert(movie.frames.back().begin() + 1, plane_surface(point));
        movie.frames.back()[1].name = fmt::format("{}_{}_plane", movie.name, i);
      }
    }
    if (!plane) same_range(movie);
    findings_.movies.push_back(movie);
  }

 private:
  Figure figure(const std::string& name, const std::string& title, const std::string& x_label,
                const std::string& y_label, const std::string& caption, Log log = Log::none) {
    return new_figure(series_.keys, name, title, x_label, y_label, log, caption);
  }

  void isotherm(double t_c) {
    const Point& nearest = **std::min_element(
        series_.points.begin(), series_.points.end(), [&](const Point* a, const Point* b) {
          return std::abs(a->number(kTime) - t_c) < std::abs(b->number(kTime) - t_c);
        });
    const Observable* m = nearest.find(observable::isotherm);
    if (m == nullptr) return;
    Figure result = figure(
        "isotherm", "Critical isotherm", "h", "m",
        "m ~ h^{1/3} at the critical time: the order parameter answers the field without bound.",
        Log::both);
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
    Curve law = line("∝ h^{1/3}");
    for (const double h : fields) push(law, h, data.y[smallest] * std::cbrt(h / data.x[smallest]));
    result.curves = {data, law};
    findings_.figures.push_back(result);
  }

  /// F~ along the order axis relative to the symmetric branch, with the branches on it.
  Figure profile(const Point& point) {
    Figure result =
        figure("", fmt::format("Potential at t = {:.4g}", point.number(kTime)), "m", "F + x²/2κ",
               "Relative to the symmetric branch. Marks: the branches at this time.");
    const double symmetric = at(point, observable::symmetric_branch);
    double zero = 0, distance = 1e300;
    for (const Branch& branch : branches(point)) {
      if (std::abs(branch.m[0] - symmetric) < distance) zero = branch.potential;
      distance = std::min(distance, std::abs(branch.m[0] - symmetric));
    }
    const VectorXd& axis = point.at(observable::landscape_axis).estimate.mean;
    const VectorXd& potential = point.at(observable::landscape).estimate.mean;
    Curve curve = line("potential");
    for (Index i = 0; i < axis.size(); ++i) push(curve, axis[i], potential[i] - zero);
    Curve stable{.label = "stable", .colour = kStable};
    Curve unstable{.label = "unstable", .colour = kUnstable};
    for (const Branch& branch : branches(point)) {
      Curve& kind = branch.stable ? stable : unstable;
      push(kind, branch.m[0], on_curve(curve, branch.m[0], branch.potential - zero));
    }
    result.curves = {curve};
    for (const Curve& kind : {stable, unstable}) add(result, kind);
    return result;
  }

  /// A branch of a target in more dimensions lies beside the order axis, and deeper than what is
  /// drawn: its mark is where the curve passes. `beyond`: the axis.
  static double on_curve(const Curve& curve, double m, double beyond) {
    const auto next = std::upper_bound(curve.x.begin(), curve.x.end(), m);
    if (next == curve.x.begin() || next == curve.x.end()) return beyond;
    const auto i = static_cast<std::size_t>(next - curve.x.begin());
    const double part = (m - curve.x[i - 1]) / (curve.x[i] - curve.x[i - 1]);
    return std::lerp(curve.y[i - 1], curve.y[i], part);
  }

  Figure surface(const Point& point) {
    Figure result = surface_of(point, observable::landscape_axis, observable::landscape);
    for (const Branch& branch : branches(point)) mark(result, branch, branch.m[1]);
    return result;
  }

  /// Of one order axis, in the plane of the data.
  Figure plane_surface(const Point& point) {
    Figure result =
        surface_of(point, observable::landscape_plane_axis, observable::landscape_plane);
    result.y_label = "beside the order axis";
    const VectorXd& across = point.at(observable::branches_across).estimate.mean;
    const std::vector<Branch> all = branches(point);
    for (std::size_t i = 0; i < all.size(); ++i) {
      mark(result, all[i], across[static_cast<Index>(i)]);
    }
    return result;
  }

  static void mark(Figure& figure, const Branch& branch, double across) {
    push(figure.curves[branch.stable ? 0 : 1], branch.m[0], across);
  }

  Figure surface_of(const Point& point, ObservableName axis_name, ObservableName name) {
    Figure result = figure("", fmt::format("Potential at t = {:.4g}", point.number(kTime)), "m_1",
                           "m_2", "Dark: deep. Marks: the branches at this time.");
    const VectorXd& axis = point.at(axis_name).estimate.mean;
    const VectorXd& potential = point.at(name).estimate.mean;
    verdict::Surface grid;
    grid.x.assign(axis.begin(), axis.end());
    grid.y = grid.x;
    grid.z.resize(axis.size(), axis.size());
    for (Index i = 0; i < axis.size(); ++i) {
      grid.z.row(i) = potential.segment(i * axis.size(), axis.size()).transpose().array() -
                      potential.minCoeff();
    }
    grid.label = "F + x²/2κ above its minimum";
    grid.kind = verdict::Surface::Kind::levels;
    result.surface = grid;
    result.curves = {{.label = "stable", .colour = 4, .symbol = 0},
                     {.label = "unstable", .colour = 1, .symbol = 1}};
    return result;
  }

  /// One scale for all frames: deep enough for the wells, and for the branches that lie higher,
  /// as metastable ones and barriers do.
  static void same_range(verdict::Movie& movie) {
    double low = 0, high = 0;
    for (const auto& frame : movie.frames) {
      for (const double y : frame.front().curves.front().y) {
        low = std::min(low, y);
        high = std::max(high, y);
      }
    }
    double bottom = low < -1e-3 * high ? low : -0.05 * high, top = -bottom;
    for (const auto& frame : movie.frames) {
      const std::vector<Curve>& curves = frame.front().curves;
      for (std::size_t marks = 1; marks < curves.size(); ++marks) {
        for (const double y : curves[marks].y) {
          bottom = std::min(bottom, y);
          top = std::max(top, y);
        }
      }
    }
    const double margin = 0.15 * (top - bottom);
    for (auto& frame : movie.frames) {
      frame.front().y_range = {{bottom - margin, top + margin}};
      const std::vector<double>& x = frame.front().curves.front().x;
      frame.front().x_range = {{x.front(), x.back()}};
    }
  }

  const TimeSeries& series_;
  const std::vector<std::pair<double, std::string>>& times_;
  Findings& findings_;
  Figure pitchfork_;
};

}  // namespace

void draw(const TimeSeries& series,
          const std::vector<std::pair<double, std::string>>& critical_times, bool scaling,
          double window, Findings& findings) {
  Painter painter(series, critical_times, findings);
  painter.pitchfork();
  painter.eigenvalue();
  if (scaling) painter.scaling(window);
  painter.landscape();
}

}  // namespace symbreak::findings::equation_of_state
