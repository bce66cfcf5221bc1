// Exponents of the training times in N, p, d and s, definition by definition, and the N at which
// the network trained to the end is worst.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>

#include "analysis/findings/training/known.hpp"
#include "analysis/fit/least_squares.hpp"

namespace symbreak::findings::training {

namespace {

struct Axis {
  const char* key;
  const char* symbol;
};
constexpr Axis kAxes[] = {
    {"target.n", "N"}, {"target.features", "p"}, {"target.dimension", "d"}, {kTime, "s"}};
bool is(const Axis& axis, const std::string& symbol) { return axis.symbol == symbol; }

double abscissa(const Point& point, const Axis& axis) {
  return is(axis, "s") ? *point.fact(fact::noise) : point.number(axis.key);
}

struct Row {
  const Point* point;
  double x;
  Value log;
};

/// ln tau = c + a ln x by weighted least squares; of two rows, what leads from one to the other.
struct Slope {
  Value exponent;
  std::optional<fit::Fit> fit;
};
std::optional<Slope> slope(const std::vector<Row>& rows) {
  if (rows.size() < 2) return std::nullopt;
  const Row &first = rows.front(), &last = rows.back();
  if (rows.size() == 2) {
    const double span = std::log(last.x / first.x);
    return Slope{1 / span * (last.log - first.log), {}};
  }
  const auto count = static_cast<Index>(rows.size());
  VectorXd x(count);
  std::vector<Value> logs;
  for (Index i = 0; i < count; ++i) {
    const Row& row = rows[static_cast<std::size_t>(i)];
    if (!(row.log.error > 0) || !std::isfinite(row.log.error)) return std::nullopt;
    x[i] = std::log(row.x);
    logs.push_back(row.log);
  }
  const fit::Fit fitted = fit::line(x, fit::values_of(logs), fit::errors_of(logs));
  return Slope{fitted.at(1), fitted};
}

/// The same with all rows alike. Times that are no power law have a slope that depends on the weights,
/// and weights from few samples are another law's in every run: known and measured times are then
/// held against each other with none.
Value even_slope(const std::vector<Row>& rows) {
  const auto count = static_cast<Index>(rows.size());
  VectorXd x(count);
  std::vector<Value> logs;
  for (const Row& row : rows) {
    x[static_cast<Index>(logs.size())] = std::log(row.x);
    logs.push_back(row.log);
  }
  const VectorXd centred = x.array() - x.mean();
  const Eigen::RowVectorXd weights = centred.transpose() / centred.squaredNorm();
  const fit::Errors errors = fit::moderated(fit::errors_of(logs));
  const fit::Noise noise =
      fit::Noise{errors.sigma.asDiagonal(), errors.freedom()}.of(MatrixXd(weights));
  return {weights.dot(fit::values_of(logs)), noise.error()[0], noise.freedom()[0]};
}

/// What is known of an exponent, and the points that it is known for.
struct Known {
  Value exponent;
  const char* source;
  std::vector<Row> window;
  std::optional<Value> measured{};  ///< none: by weighted least squares
};

/// A law along one axis, in the window in which it was found to hold.
struct Law {
  const char *time, *symbol;
  theory::PowerLaw power;
  bool (*holds)(const theory::TrainingSizes&);
  const char* source;
};
constexpr Law kLaws[] = {
    {"tau_mem", "N", theory::kMemorizationData, theory::memorization_scales,
     "tau_mem ~ N for d << N << p (Bonnaire et al. 2025), .93 to 1.12 by an independent program"},
    {"tau_mem", "s", theory::kMemorizationNoise, theory::memorization_scales,
     "tau_mem ~ 1/s at small s: learned through the slopes at the data"},
    {"tau_best", "N", theory::kBestData, theory::best_time_scales,
     ".2 to .34 for N >= d, by an independent program"}};

std::vector<Row> those(const std::vector<Row>& rows,
                       const std::function<bool(const Point&)>& wanted) {
  std::vector<Row> window;
  std::ranges::copy_if(rows, std::back_inserter(window),
                       [&](const Row& row) { return wanted(*row.point); });
  return window;
}

std::optional<Known> known(const std::vector<Row>& rows, const TimeKind& kind, const Axis& axis) {
  for (const Law& law : kLaws) {
    if (law.time != std::string(kind.name) || !is(axis, law.symbol)) continue;
    Known all{{law.power.exponent, law.power.error}, law.source, {}};
    all.window = those(rows, [&](const Point& point) {
      const auto sizes = normal_data(point);
      return sizes && law.holds(*sizes);
    });
    if (all.window.size() < 2) return std::nullopt;
    return all;
  }
  if (&kind != &kGeneralization) return std::nullopt;
  // Along any axis: the slope of the known times themselves, through the same points.
  Known all{{}, kGeneralizationSource, {}};
  all.window =
      those(rows, [](const Point& point) { return known_generalization(point).has_value(); });
  std::vector<Row> theory = all.window;
  for (Row& row : theory) row.log.value = std::log(*known_generalization(*row.point));
  if (theory.size() < 2) return std::nullopt;
  const double span = std::abs(std::log(all.window.back().x / all.window.front().x));
  all.exponent = {even_slope(theory).value, std::sqrt(2) * theory::kGeneralizationError / span};
  all.measured = even_slope(all.window);
  return all;
}

/// The exponent between neighbours, over all rows, and over the window of the law if there is one.
void exponent(const std::vector<Row>& rows, const TimeKind& kind, const Axis& axis,
              const PointGroup& group, Findings& findings) {
  if (rows.size() < 2) return;
  const std::string quantity = fmt::format("exponent_{}", kind.name);
  const std::string from = fmt::format("a of {} ~ {}^a, {}", kind.name, axis.symbol, kind.what);
  for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
    Verdict& row =
        tell(findings, quantity, group.keys, slope({rows[i], rows[i + 1]})->exponent, from);
    row.criterion = fmt::format("in {}, from one to the next", axis.symbol);
    row.axis = {{axis.symbol, rows[i].x}};
  }
  const auto law = known(rows, kind, axis);
  const auto all = rows.size() > 2 ? slope(rows) : std::nullopt;
  if (all && (!law || law->window.size() < rows.size())) {
    Verdict& row = tell(findings, quantity, group.keys, all->exponent, from);
    row.criterion = fmt::format("in {}", axis.symbol);
    row.role = Role::headline;
    of_fit(row, *all->fit);
  }
  if (!law) return;
  const auto within = slope(law->window);
  if (!within) return;
  Verdict& row = judge(findings, quantity, group.keys, law->measured.value_or(within->exponent),
                       law->exponent, law->source, from);
  row.criterion = fmt::format("in {}, {:.4g} to {:.4g}", axis.symbol, law->window.front().x,
                              law->window.back().x);
  row.role = Role::headline;
  if (within->fit && !law->measured) of_fit(row, *within->fit);
}

void peak(const PointGroup& group, Findings& findings) {
  if (group.points.size() < 3) return;
  std::size_t top = 0;
  const auto height = [&](std::size_t i) {
    return value_of(*group.points[i], observable::test_end).value;
  };
  for (std::size_t i = 1; i < group.points.size(); ++i) top = height(i) > height(top) ? i : top;
  const auto predicted = group.points[top]->prediction(prediction::peak_data);
  const double N = group.points[top]->number("target.n");
  if (!predicted || !peak_expected(*group.points[top]) || top == 0 ||
      top + 1 == group.points.size())
    return;
  // The grid is what the place is known to.
  const double low = group.points[top - 1]->number("target.n"),
               high = group.points[top + 1]->number("target.n");
  judge(findings, "ridgeless_peak", group.keys, {N, (high - low) / 4}, {*predicted, 0},
        group.points[top]->source(prediction::peak_data),
        "N of the largest test loss at tau = inf; error: the spacing of N")
      .role = Role::headline;
  tell(findings, "test_loss", group.keys, value_of(*group.points[top], observable::test_end),
       "largest over N, tau = inf")
      .criterion = "at the peak";
}

}  // namespace

void scaling(const Result& result, Findings& findings) {
  for (const Axis& axis : kAxes) {
    if (std::find(result.swept.begin(), result.swept.end(), axis.key) == result.swept.end()) {
      continue;
    }
    for (const PointGroup& group : points_along(result, axis.key)) {
      if (group.points.size() < 2) continue;  // of a run that has just begun
      Figure figure = new_figure(group.keys, fmt::format("training_times_{}", axis.symbol),
                                 "Times of training", axis.symbol, "training time τ", Log::both,
                                 "Geometric means over disorder samples.");
      for (const TimeKind& kind : kTimes) {
        std::vector<Row> rows;
        Curve curve{.label = symbol(kind)};
        for (const Point* point : group.points) {
          const auto time = time_of(*point, kind);
          if (!time || time->share < 1) continue;
          rows.push_back({point, abscissa(*point, axis), time->log});
          push(curve, rows.back().x, time->tau());
        }
        exponent(rows, kind, axis, group, findings);
        add(figure, curve);
      }
      add(findings, figure);
      const auto x = [&](const Point& point) { return abscissa(point, axis); };
      Figure end =
          new_figure(group.keys, fmt::format("trained_to_the_end_{}", axis.symbol),
                     "Loss trained to the end", axis.symbol, "loss ℓ", Log::both,
                     "The test loss peaks where the number of data meets the number of features.");
      end.curves = {along(group.points, x, observable::test_end, {.label = "test"}),
                    along(group.points, x, observable::train_end, {.label = "train"}),
                    along(group.points, x, observable::test_minimum, {.label = "test, best time"})};
      if (const auto N = group.first().prediction(prediction::peak_data); N && is(axis, "N")) {
        end.vertical_lines = {{*N, "N(d+1) = p"}};
        peak(group, findings);
      }
      findings.figures.push_back(end);
    }
  }
}

}  // namespace symbreak::findings::training
