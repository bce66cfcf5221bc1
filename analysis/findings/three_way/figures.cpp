#include <fmt/format.h>

#include <cmath>
#include <sstream>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/common/lattice.hpp"
#include "analysis/findings/three_way/findings.hpp"

namespace symbreak::findings::three_way {

namespace {

/// By sort: in titles, and in legends.
constexpr std::array<std::pair<const char*, const char*>, kSorts.size()> kTitles = {
    {{"uniform-patch model", "uniform patches"},
     {"memorizing score", "memorizing"},
     {"Gaussian of the same covariance", "Gaussian"},
     {"patches of real images", "real patches"},
     {"network", "network"}}};

/// The item of a comma list at this place, without folders; "" where there is none.
std::string file_name(const Point& point, const std::string& key, std::size_t place) {
  const auto found = point.parameters.find(key);
  if (found == point.parameters.end()) return "";
  std::istringstream list(found->second);
  std::string item;
  for (std::size_t i = 0; i <= place; ++i) {
    if (!std::getline(list, item, ',')) return "";
  }
  const auto slash = item.find_last_of("/ ");
  return slash == std::string::npos ? item : item.substr(slash + 1);
}

/// What sets this one apart among several of its sort, in titles and in legends.
std::pair<std::string, std::string> apart(const Point& point, const ScoreNames& score) {
  const auto number = [&](FactName name) {
    const std::vector<double> all = point.fact_values(name);
    return score.place < all.size() ? all[score.place] : NAN;
  };
  if (score.sort == Sort::memorizing) {
    const double images = number(fact::memorized);
    return {fmt::format(" of {} images", images), fmt::format(", N = {}", images)};
  }
  if (score.sort == Sort::real) {
    const double side = number(fact::patch_sides);
    const std::string text = side == 0 ? ", several scales" : fmt::format(", P = {}", side);
    return {text, text};
  }
  const std::string section = score.place == 0 ? "target." : "experiment.";
  const std::size_t place = score.place == 0 ? 0 : score.place - 1;
  std::string name =
      file_name(point, section + (score.place == 0 ? "checkpoint" : "checkpoints"), place);
  if (name.empty()) {
    name = file_name(point, section + (score.place == 0 ? "worker" : "workers"), place);
  }
  name = " " + (name.empty() ? std::to_string(score.place + 1) : name);
  return {name, name};
}

Figure figure(const Drawn& drawn, const std::string& name, const std::string& title,
              const std::string& y_label, const std::string& caption) {
  return new_figure(drawn.keys, "three_way_" + name, title, "s = σ²t", y_label, Log::x, caption);
}

/// One mode of an observable of every score.
std::vector<Curve> of_mode(const Drawn& drawn, ObservableName ScoreNames::*of, Index mode) {
  std::vector<Curve> all;
  for (const Shown& score : drawn.scores) {
    const Observable& values = drawn.point.at(score.names.*of);
    all.push_back(lattice::curve(values, drawn.noise, score.label, values.shape.at(1), mode));
  }
  return all;
}

/// The modes of one score, and what is known of them.
std::vector<Curve> modes_of(const Drawn& drawn, ObservableName of, Index first,
                            const std::vector<double>& known) {
  const Observable& values = drawn.point.at(of);
  std::vector<Curve> all = lattice::mode_curves(values, drawn.noise, first);
  const auto modes = static_cast<std::size_t>(values.shape.at(1));
  if (known.size() != modes * drawn.noise.size()) return all;
  const std::size_t count = all.size();
  for (std::size_t j = 0; j < count; ++j) {
    Curve theory = line(j == 0 ? "known exactly" : "");
    for (std::size_t r = 0; r < drawn.noise.size(); ++r) {
      push(theory, drawn.noise[r], known[r * modes + j + static_cast<std::size_t>(first)]);
    }
    all[j].colour = theory.colour = static_cast<int>(j);
    all.push_back(std::move(theory));
  }
  return all;
}

/// Softening = r + c k^2: xi^2 = (soft(k_1)/soft(0) - 1)/k_1^2, k_1 = 2 sin(pi/L).
Curve lengths_of(const Drawn& drawn, const Shown& score) {
  const Observable& softening = drawn.point.at(score.names.softening);
  const double side = drawn.point.fact(fact::lattice_side).value_or(1);
  Curve xi = line(score.label);
  for (std::size_t r = 0; r < drawn.noise.size(); ++r) {
    const auto at = static_cast<Index>(r) * softening.shape.at(1);
    const double ratio = softening.estimate.mean[at + 1] / softening.estimate.mean[at] - 1;
    // No length where the mode is not softest: the line is broken there.
    push(xi, drawn.noise[r], ratio > 0 ? std::sqrt(ratio) / (2 * std::sin(M_PI / side)) : NAN);
  }
  return xi;
}

/// What all scores are compared in.
void draw_together(const Drawn& drawn, Findings& findings) {
  const auto add_figure = [&](Figure figure, std::vector<Curve> curves) {
    figure.curves = std::move(curves);
    findings.figures.push_back(std::move(figure));
  };
  add_figure(
      figure(drawn, "softening", "Restoring force of the uniform mode", "−s v*Jv at k = 0",
             "Near 1 where the noise rules, and again where an image is decided; a linear score "
             "only falls, to what of the mode no image has. Below 0 a mode is unstable on typical "
             "states."),
      of_mode(drawn, &ScoreNames::softening, 0));
  add_figure(figure(drawn, "softening_longest_wave", "Restoring force of the longest wave",
                    "−s v*Jv at k = 2π/L", "The same one mode higher."),
             of_mode(drawn, &ScoreNames::softening, 1));
  Figure structure = figure(drawn, "structure", "Structure of the longest wave", "S(k) at k = 2π/L",
                            "What of it the clean mean holds, as the noise decreases.");
  structure.log_y = true;
  add_figure(std::move(structure), of_mode(drawn, &ScoreNames::structure, 1));
  std::vector<Curve> lengths;
  for (const Shown& score : drawn.scores) lengths.push_back(lengths_of(drawn, score));
  add_figure(figure(drawn, "length", "Correlation length of the softening", "ξ / pixels",
                    "The scores soften at different noise and over different lengths."),
             lengths);
}

}  // namespace

std::vector<Shown> shown_scores(const Point& point) {
  std::vector<Shown> all;
  std::array<int, kSorts.size()> count{};
  for (const ScoreNames& score : kScores) {
    if (point.find(score.softening) == nullptr) continue;
    ++count[static_cast<std::size_t>(score.sort)];
    const auto& [title, label] = kTitles[static_cast<std::size_t>(score.sort)];
    all.push_back({score, title, label});
  }
  for (Shown& score : all) {
    if (count[static_cast<std::size_t>(score.names.sort)] > 1) {
      const auto [in_title, in_label] = apart(point, score.names);
      score.title += in_title;
      score.label += in_label;
    }
  }
  return all;
}

void draw_scores(const Drawn& drawn, Findings& findings) {
  if (drawn.scores.size() > 1) draw_together(drawn, findings);
  std::pair<double, double> grey{1e300, -1e300};  // of the images of all scores
  for (const Shown& score : drawn.scores) {
    const VectorXd& images = drawn.point.at(score.names.images).units.at(0).mean;
    grey = {std::min(grey.first, images.minCoeff()), std::max(grey.second, images.maxCoeff())};
  }
  for (const Shown& score : drawn.scores) {
    const auto known = [&](PredictionName name) {
      return score.names.sort == Sort::gaussian ? drawn.point.prediction_values(name)
                                                : std::vector<double>();
    };
    Figure soft = figure(drawn, fmt::format("softening_{}", score.names.name),
                         fmt::format("Restoring force: {}", score.title), "−s v*Jv",
                         "Where a mode's force reaches 0 the uniform state gives way to it.");
    soft.curves = modes_of(drawn, score.names.softening, 0, known(prediction::gaussian_softening));
    findings.figures.push_back(soft);
    Figure structure = figure(drawn, fmt::format("structure_{}", score.names.name),
                              fmt::format("Structure factor: {}", score.title), "S(k)",
                              "Of the clean mean, along the reverse trajectories.");
    structure.curves =
        modes_of(drawn, score.names.structure, 1, known(prediction::gaussian_structure));
    findings.figures.push_back(structure);
    findings.figures.push_back(
        lattice::gallery(drawn.point, score.names.images, drawn.keys,
                         fmt::format("three_way_images_{}", score.names.name),
                         fmt::format("Final images: {}", score.title), grey));
  }
}

Figure prototypes_figure(const Drawn& drawn, const Shown& score, double rounding) {
  const Observable& eigenvalues = drawn.point.at(score.names.eigenvalues);
  const std::string place = score.names.place == 0 ? "" : fmt::format("_{}", score.names.place + 1);
  Figure prototypes =
      figure(drawn, "prototypes" + place, fmt::format("The {} at the mean image", score.title),
             "eigenvalues of β Cov(y)",
             "Eigenvalues cross 1 one by one as the noise decreases: each is a combination of "
             "images, not a Fourier mode. What rounding left at the smallest noise is not drawn.");
  prototypes.log_y = true;
  for (Index a = 0; a < kPrototypes; ++a) {
    Curve curve =
        lattice::curve(eigenvalues, drawn.noise, fmt::format("mode {}", a + 1), kPrototypes, a);
    while (!curve.y.empty() && curve.y.back() < 10 * rounding / curve.x.back()) {
      for (auto* values : {&curve.x, &curve.y, &curve.error}) {
        if (!values->empty()) values->pop_back();
      }
    }
    prototypes.curves.push_back(std::move(curve));
  }
  return prototypes;
}

}  // namespace symbreak::findings::three_way
