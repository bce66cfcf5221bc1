// Levels in classes against exact quadrature at every M and beta, and the picture of what lies
// between the two transitions: the class is memorized, the member is not.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/rem/findings.hpp"

namespace symbreak::findings::rem {

namespace {

/// Samples that carry a mean: fewer than this are rare events, and their error bar is no error bar.
constexpr double kCarriers = 200;

bool two_stages(const RemPoint& p) { return p.alone.classes < p.alone.members; }

void tell_transitions(const RemPoint& p, const Keys& keys, Findings& findings) {
  const auto tell_one = [&](const char* criterion, double a) {
    tell(findings, "critical_temperature_ratio", keys, {a}, "a = beta/beta_c, N -> infinity")
        .criterion = criterion;
  };
  if (two_stages(p)) {
    tell_one("classes condense", p.alone.classes);
    tell_one("members condense", p.alone.members);
  } else {
    tell_one("classes and members condense together", 1);
  }
}

Curve measured(const RemPoint& p, ObservableName name, const std::string& label, int colour) {
  Curve curve{.label = label, .colour = colour};
  for (std::size_t i = 0; i < p.a.size(); ++i) push(curve, p.a[i], p.value(name, i));
  return curve;
}

template <class Function>
Curve exact(const RemPoint& p, int colour, const Function& f) {
  Curve curve{.style = Curve::Style::line, .colour = colour};
  for (std::size_t i = 0; i < p.a.size(); ++i) push(curve, p.a[i], f(p.grouped[i]));
  return curve;
}

template <class Function>
Curve limit(const RemPoint& p, const std::string& label, int colour, const Function& f) {
  Curve curve{.label = label, .style = Curve::Style::dashed, .colour = colour};
  const auto [low, high] = std::minmax_element(p.a.begin(), p.a.end());
  for (int i = 0; i <= 200; ++i) {
    const double a = *low + (*high - *low) * i / 200;
    push(curve, a, f(p.alone, a));
  }
  return curve;
}

/// "M = 20, planted" for file names: "M_20_planted".
std::string stem(const RemPoint& p) {
  std::string text;
  for (const char c : p.label) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.';
    if (plain) text += c;
    if (!plain && !text.empty() && text.back() != '_') text += '_';
  }
  return text;
}

}  // namespace

namespace {

/// Energy and entropy, where the rare samples that carry a participation would take off less than an
/// error bar. By parts: E sum_cj w_cj X_cj = A_1^2 (1 - E Y_C) + A_2^2 (1 - E Y), planted A^2.
void energies(const RemPoint& p, const Keys& keys, Findings& findings) {
  if (p.point->find(observable::energy) == nullptr) return;
  const auto of_exponent = [&p](std::size_t i, double exponent) {
    return -p.energy_unit * exponent / p.b[i];
  };
  if (p.planted) {
    judge_worst(p,
                {"energy", observable::energy, "-beta E[<E>] = A^2 by parts, planted",
                 [&](std::size_t i) { return of_exponent(i, p.b[i] * p.b[i]); },
                 [](std::size_t) { return true; }},
                keys, findings);
    return;
  }
  const auto carried = [&p](ObservableName name, bool in_energy) {
    return [&p, name, in_energy](std::size_t i) {
      // What participations that too few samples carry take off <X>, at most.
      double unseen = 0;
      for (const double mean : {p.grouped[i].participation(), p.grouped[i].class_participation()}) {
        if (p.samples * mean <= kCarriers) unseen += p.b[i] * p.b[i] * mean;
      }
      constexpr double kShare = 0.1;  // of an error bar
      const double unit = in_energy ? p.energy_unit / p.b[i] : 1;
      return unit * unseen <= kShare * p.value(name, i).error;
    };
  };
  const std::string source = "exact quadrature at these N_1, N_2, by parts";
  judge_worst(p,
              {"energy", observable::energy, source,
               [&](std::size_t i) { return of_exponent(i, p.grouped[i].exponent()); },
               carried(observable::energy, true)},
              keys, findings);
  judge_worst(
      p,
      {"entropy", observable::entropy, source,
       [&](std::size_t i) { return p.grouped[i].entropy(); }, carried(observable::entropy, false)},
      keys, findings);
}

}  // namespace

void two_level_findings(const RemPoint& p, const Keys& keys, Findings& findings) {
  const std::string quadrature = "exact quadrature at these N_1, N_2";
  const auto add = [&](const std::string& quantity, ObservableName name, const std::string& source,
                       const auto& value, const auto& fit) {
    judge_worst(p, {quantity, name, source, value, fit}, keys, findings);
  };
  tell_transitions(p, keys, findings);
  energies(p, keys, findings);
  if (p.planted) {
    std::vector<double> member(p.b.size()), of_class(p.b.size());
    for (std::size_t i = 0; i < p.b.size(); ++i) {
      member[i] = p.grouped[i].planted_weight();
      of_class[i] = p.grouped[i].planted_class_weight();
    }
    // One minus the mean must be carried by enough samples as well.
    const auto carried = [&p](const std::vector<double>& mean) {
      return [&p, &mean](std::size_t i) {
        return p.samples * std::min(mean[i], 1 - mean[i]) > kCarriers;
      };
    };
    const auto value = [](const std::vector<double>& mean) {
      return [&mean](std::size_t i) { return mean[i]; };
    };
    const auto zero = [](std::size_t) { return 0.0; };
    add("true_weight", observable::true_weight, quadrature + ", planted", value(member),
        carried(member));
    add("class_weight", observable::class_weight, quadrature + ", planted", value(of_class),
        carried(of_class));
    add("participation_ratio", observable::participation, quadrature + ", planted E[Y] = E[w_1]",
        value(member), carried(member));
    add("class_participation_ratio", observable::class_participation,
        quadrature + ", planted E[Y_C] = E[W_1]", value(of_class), carried(of_class));
    add("true_weight_identity", observable::true_weight_identity, "E[w_1] = E[Y], exact", zero,
        carried(member));
    add("class_weight_identity", observable::class_weight_identity, "E[W_1] = E[Y_C], exact", zero,
        carried(of_class));
    add("map_identity", observable::map_identity, "P(MAP right) = E[max w], exact", zero,
        carried(member));
    add("class_map_identity", observable::class_map_identity,
        "P(class MAP right) = E[max W], exact", zero, carried(of_class));
    return;
  }
  const auto carried = [&p](ObservableName name, const auto& mean) {
    return [&p, name, mean](std::size_t i) {
      const double error = p.value(name, i).error;
      return error > 0 && mean(i) * mean(i) > kCarriers * error * error &&
             p.samples * mean(i) > kCarriers;
    };
  };
  const auto member = [&p](std::size_t i) { return p.grouped[i].participation(); };
  const auto of_class = [&p](std::size_t i) { return p.grouped[i].class_participation(); };
  const auto square = [&p](std::size_t i) { return p.grouped[i].participation_square(); };
  const auto member_carried = carried(observable::participation, member);
  add("participation_ratio", observable::participation, quadrature, member, member_carried);
  add("class_participation_ratio", observable::class_participation, quadrature, of_class,
      carried(observable::class_participation, of_class));
  add("participation_square", observable::participation_square, quadrature, square,
      carried(observable::participation_square, square));
  add(
      "log_partition", observable::log_partition, quadrature,
      [&p](std::size_t i) { return p.grouped[i].log_partition(); },
      carried(observable::class_participation, of_class));
  add(
      "log_partition_variance", observable::log_partition_variance, quadrature,
      [&p](std::size_t i) { return p.grouped[i].log_partition_variance(); },
      carried(observable::class_participation, of_class));
}

std::vector<Figure> two_level_figures(const std::vector<RemPoint>& points) {
  std::vector<Figure> figures;
  for (const RemPoint& p : points) {
    Figure figure =
        new_figure(std::string(p.planted ? "planted_" : "unplanted_") + stem(p),
                   two_stages(p) ? "The class is memorized first, its members later, " + p.label
                                 : "Classes and members are memorized together, " + p.label,
                   "a = β/β_c", p.planted ? "weight of what is planted" : "participation ratio");
    figure.caption = std::string(p.planted ? "Points: disorder samples, planted. "
                                           : "Points: disorder samples. ") +
                     "Lines: exact quadrature at these sizes." +
                     (p.planted ? "" : " Dashed: infinitely many levels.");
    if (two_stages(p)) {
      figure.vertical_lines = {{p.alone.classes, "a₁: classes"}, {p.alone.members, "a₂: members"}};
    } else {
      figure.vertical_lines = {{1, "β_c"}};
    }
    if (p.planted) {
      figure.curves.push_back(measured(p, observable::class_weight, "class, E[W₁]", 0));
      figure.curves.push_back(exact(p, 0, [](const auto& e) { return e.planted_class_weight(); }));
      figure.curves.push_back(measured(p, observable::true_weight, "member, E[w₁]", 1));
      figure.curves.push_back(exact(p, 1, [](const auto& e) { return e.planted_weight(); }));
    } else {
      figure.curves.push_back(measured(p, observable::class_participation, "classes, E[Y_C]", 0));
      figure.curves.push_back(exact(p, 0, [](const auto& e) { return e.class_participation(); }));
      figure.curves.push_back(limit(p, "", 0, theory::two_level_class_limit));
      figure.curves.push_back(measured(p, observable::participation, "members, E[Y]", 1));
      figure.curves.push_back(exact(p, 1, [](const auto& e) { return e.participation(); }));
      figure.curves.push_back(limit(p, "", 1, theory::two_level_member_limit));
    }
    figure.curves.push_back(
        measured(p, observable::class_without_member, "class known, no member", 2));
    figures.push_back(std::move(figure));
  }
  return figures;
}

}  // namespace symbreak::findings::rem
