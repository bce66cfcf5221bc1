// Exponents of the training times in N, p, d and s, definition by definition, and the N at which
// the network trained to the end is worst.
#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/training/findings.hpp"
#include "analysis/fit/least_squares.hpp"

namespace symbreak::findings::training {

namespace {

struct Axis {
  const char* key;
  const char* symbol;
};
constexpr Axis kAxes[] = {
    {"target.n", "N"}, {"target.features", "p"}, {"target.dimension", "d"}, {"experiment.t", "t"}};

struct Row {
  double x;
  Value log;
};

/// ln tau = c + a ln x by weighted least squares, and a between neighbours.
void exponent(const std::vector<Row>& rows, const TimeKind& kind, const Axis& axis,
              const PointGroup& group, Findings& findings) {
  if (rows.size() < 2) return;
  const std::string quantity = fmt::format("exponent_{}", kind.name);
  const std::string from = fmt::format("a of {} ~ {}^a, {}", kind.name, axis.symbol, kind.what);
  for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
    const double span = std::log(rows[i + 1].x / rows[i].x);
    Verdict& row = tell(findings, quantity, group.keys,
                        {(rows[i + 1].log.value - rows[i].log.value) / span,
                         std::hypot(rows[i + 1].log.error, rows[i].log.error) / std::abs(span)},
                        from);
    row.criterion = fmt::format("in {}, from one to the next", axis.symbol);
    row.axis = {{axis.symbol, rows[i].x}};
  }
  bool usable = rows.size() > 2;
  for (const Row& row : rows) usable = usable && row.log.error > 0 && std::isfinite(row.log.error);
  if (!usable) return;
  const auto count = static_cast<Index>(rows.size());
  VectorXd x(count), y(count), sigma(count);
  for (Index i = 0; i < count; ++i) {
    const Row& row = rows[static_cast<std::size_t>(i)];
    x[i] = std::log(row.x);
    y[i] = row.log.value;
    sigma[i] = row.log.error;
  }
  const fit::Fit fitted = fit::line(x, y, sigma);
  Verdict& row = tell(findings, quantity, group.keys, {fitted.value[1], fitted.error[1]}, from);
  row.criterion = fmt::format("in {}", axis.symbol);
  row.role = Role::headline;
  of_fit(row, fitted);
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
  if (!predicted || top == 0 || top + 1 == group.points.size()) return;
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
      Figure figure = new_figure(fmt::format("training_times_{}{}", axis.symbol, group.tag()),
                                 "Times of training", axis.symbol, "training time τ", Log::both,
                                 "Geometric means over disorder samples.");
      for (const TimeKind& kind : kTimes) {
        std::vector<Row> rows;
        Curve curve{.label = symbol(kind)};
        for (const Point* point : group.points) {
          const auto time = time_of(*point, kind);
          if (!time || time->share < 1) continue;
          rows.push_back({point->number(axis.key), time->log});
          push(curve, rows.back().x, time->tau());
        }
        exponent(rows, kind, axis, group, findings);
        add(figure, curve);
      }
      add(findings, figure);
      Figure end =
          new_figure(fmt::format("trained_to_the_end_{}{}", axis.symbol, group.tag()),
                     "Loss trained to the end", axis.symbol, "loss ℓ", Log::both,
                     "The test loss peaks where the number of data meets the number of features.");
      end.curves = {
          along(group.points, axis.key, observable::test_end, {.label = "test"}),
          along(group.points, axis.key, observable::train_end, {.label = "train"}),
          along(group.points, axis.key, observable::test_minimum, {.label = "test, best time"})};
      if (const auto N = group.first().prediction(prediction::peak_data);
          N && std::string(axis.symbol) == "N") {
        end.vertical_lines = {{*N, "N(d+1) = p"}};
        peak(group, findings);
      }
      findings.figures.push_back(end);
    }
  }
}

}  // namespace symbreak::findings::training
