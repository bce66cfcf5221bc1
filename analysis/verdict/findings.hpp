// What an analysis says: verdicts, diagnostics, figures. Filled by an experiment's `analyse`,
// printed as text and JSON, drawn by analysis/report. May depend on: Eigen,
// analysis/statistics.
#pragma once
#include <Eigen/Core>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/statistics/value.hpp"

namespace symbreak::verdict {

/// What a number is for: the order in which a table shows it, and what may be folded.
enum class Role {
  headline,  ///< what the run is made for: critical times, exponents, collapse times
  quantity,  ///< any other number
  check,     ///< an identity or a known number that only has to agree: many fold to one line
};

/// A fitted or derived number, measured against an independent prediction where there is one. Every
/// such number of an analysis is one of these; text, JSON, CSV and the page are views of their list.
struct Verdict {
  std::string quantity{};                      ///< critical_time, exponent_beta, ...
  std::map<std::string, std::string> point{};  ///< swept keys it belongs to; empty: whole run
  double measured = 0, error = 0;              ///< one standard (or numerical) error
  double predicted = 0, predicted_error = 0;
  std::string source{};  ///< where the prediction comes from
  std::string from{};    ///< how it was measured: "m^2 series in tau, 12 points"
  std::string note{};
  double dof = statistics::kKnown, predicted_dof = statistics::kKnown;  ///< of the two errors
  double squares = 0;       ///< > 0: `measured` is chi^2/n of so many independent deviations
  std::string criterion{};  ///< what sets it apart from others of its name: "score criterion"
  std::string unit{};       ///< of measured and predicted; "" dimensionless
  /// Where on a curve or in an array it is, beyond the keys of its point: ("class", 2).
  std::vector<std::pair<std::string, double>> axis{};
  std::string detail{};  ///< of this row's measurement: "12 points, |tau| < .1"
  double chi2_per_dof = std::numeric_limits<double>::quiet_NaN();  ///< of a fit; NaN: none
  double p_value = std::numeric_limits<double>::quiet_NaN();
  /// Of those that a check pools: how far the worst is off, in its own standard errors.
  double worst = std::numeric_limits<double>::quiet_NaN();
  std::int64_t units = 0;  ///< finished work units of the points it was measured from
  Role role = Role::quantity;

  /// Whether anything predicts it; else it stands in Findings::measured.
  bool compared() const { return !source.empty() || !std::isnan(predicted); }
  /// "critical_time, score criterion"; chi^2/n is called that.
  std::string name() const;
  enum class Outcome { agrees, disagrees, none };
  /// Degrees of freedom of the combined error (Welch-Satterthwaite).
  double combined_dof() const;
  /// The deviation over the combined error, as the normal deviate that is as rare (Student's law of
  /// combined_dof(), the law of chi^2): comparable between rows. 0 when both errors are 0 and there
  /// is no deviation; NaN where there is no verdict.
  double z() const;
  /// agrees: |z| <= 3 (chi^2: z <= 3), which chance exceeds .27 % of the time. none: a number or an
  /// error is missing (NaN, an infinite error, a single sample).
  Outcome outcome() const;
  bool agrees() const { return outcome() == Outcome::agrees; }
  bool disagrees() const { return outcome() == Outcome::disagrees; }
  /// Why there is none; "" otherwise.
  std::string why_none() const;
};

enum class Severity { note, warning, failure };  ///< warning and failure fail `--strict`
struct Diagnostic {
  Severity severity = Severity::note;
  std::string subject;  ///< observable or point
  std::string text;     ///< what is the case, in a plain sentence
  std::string advice;   ///< what to do
};

struct Curve {
  enum class Style { line, dashed, points };
  std::string label{};
  std::vector<double> x{}, y{}, error{};  ///< error empty: no bars
  Style style = Style::points;
  int colour = -1;      ///< index into the palette, or Figure::shades; -1: next
  int symbol = -1;      ///< one for each quantity of a figure; -1: goes with the colour
  bool smooth = false;  ///< theory known at these points: a monotone line of 200 through them
};
/// A function on a rectangular grid of ascending nodes, drawn as filled cells around them.
struct Surface {
  enum class Kind {
    cells,   ///< a map: white is low
    levels,  ///< a landscape: wells are dark, with lines of equal height
    pixels   ///< grey images
  };
  std::vector<double> x, y;
  Eigen::MatrixXd z;    ///< x.size() x y.size(); cells that are not finite stay empty
  std::string label{};  ///< of the scale, with units
  Kind kind = Kind::cells;
  std::optional<std::pair<double, double>> range{};  ///< of the scale
};
struct Figure {
  std::string name;  ///< file name stem
  std::string title, caption;
  std::string x_label, y_label;  ///< with units
  bool log_x = false, log_y = false;
  std::optional<std::pair<double, double>> x_range, y_range;
  std::vector<Curve> curves;
  std::vector<std::pair<double, std::string>> vertical_lines;  ///< x, label: critical times
  std::optional<Surface> surface;
  /// > 0: colours 0 ... shades - 1 of curves are steps from dark to light, for the values of a
  /// parameter (N, L, T) in their order.
  int shades = 0;
  std::vector<std::pair<double, double>> bands{};  ///< intervals of x that are shaded
};
/// A sequence of figures side by side, stepped through by a slider (the potential opening into two
/// wells next to the pitchfork).
struct Movie {
  std::string name, title, caption;
  std::string parameter;                    ///< "t"
  std::vector<double> values;               ///< one per frame
  std::vector<std::vector<Figure>> frames;  ///< frames[i]: the figures of frame i
};

struct Findings {
  std::vector<Verdict> verdicts;  ///< numbers that something predicts
  std::vector<Verdict> measured;  ///< numbers that nothing predicts; `predicted` is NaN
  std::vector<Diagnostic> diagnostics;
  std::vector<Figure> figures;
  std::vector<Movie> movies;

  /// The one list of numbers: verdicts, then what was only measured.
  std::vector<const Verdict*> results() const;
};

struct Result;
/// Warns of sampled observables of complete points whose mean is not a number: something upstream
/// divided by zero or overflowed, and no verdict on it can be trusted.
void warn_of_non_numbers(const Result& result, Findings& findings);
/// Fills in `units` of every row that does not say: those of all points that have its keys.
void count_units(const Result& result, Findings& findings);
/// Warns of what an analysis cannot say: points that lack units (a run that was stopped, or a merge
/// of such), and a complete run with predictions of which not one was judged. A strict reader must
/// not take silence for agreement.
void warn_of_what_is_missing(const Result& result, Findings& findings);

}  // namespace symbreak::verdict
