#include "analysis/findings/equation_of_state/tracks.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "analysis/findings/common/drawing.hpp"
#include "analysis/findings/equation_of_state/observables.hpp"

namespace symbreak::findings::equation_of_state {

namespace {

constexpr double kAlike = 1e-6;  // of the extent: branches that are the same, distances that tie
constexpr double kReach = 0.35;  // of the extent: how far a branch may move from time to time
constexpr double kTimes = 1e-3;  // of an interval: t_c is known to rounding

struct Track {
  Curve curve;
  VectorXd first, last;  // vectors at its ends
  bool stable, alive;
};

/// Which new branch continues which track; -1: none does.
std::vector<int> matched(const std::vector<Track>& old, const std::vector<Branch>& now,
                         double extent) {
  std::vector<std::tuple<double, std::size_t, std::size_t>> pairs;
  for (std::size_t k = 0; k < old.size(); ++k) {
    for (std::size_t i = 0; old[k].alive && i < now.size(); ++i) {
      const double distance = (old[k].last - now[i].m).norm();
      if (old[k].stable == now[i].stable && distance < kReach * extent + 1e-12) {
        pairs.emplace_back(distance, k, i);
      }
    }
  }
  std::sort(pairs.begin(), pairs.end());
  std::vector<int> continues(old.size(), -1);
  std::vector<bool> taken(now.size(), false);
  for (const auto& [distance, k, i] : pairs) {
    if (continues[k] >= 0 || taken[i]) continue;
    const bool tie = std::any_of(
        pairs.begin(), pairs.end(), [&, d = distance, of = i, by = k](const auto& other) {
          const auto& [its_distance, its_track, its_branch] = other;
          return its_branch == of && its_track != by && continues[its_track] < 0 &&
                 its_distance - d < kAlike * extent && its_distance >= d;
        });
    taken[i] = true;
    if (!tie) continues[k] = static_cast<int>(i);
  }
  return continues;
}

/// The larger of the intervals of time beside this one.
double spacing(const TimeSeries& series, double t) {
  double widest = 0;
  for (std::size_t i = 0; i + 1 < series.points.size(); ++i) {
    const double a = series.points[i]->number(kTime), b = series.points[i + 1]->number(kTime);
    if (a == t || b == t) widest = std::max(widest, b - a);
  }
  return widest;
}

/// Draws an end of a curve into (t_c, m_c) as the square root of the distance in time.
void close(Curve& curve, double t_c, double m_c, bool at_end) {
  const double t = at_end ? curve.x.back() : curve.x.front();
  const double m = at_end ? curve.y.back() : curve.y.front();
  std::vector<double> times, values;
  for (const double fraction : {0.7, 0.5, 0.3, 0.15, 0.05, 0.01, 0.0}) {
    times.push_back(t_c + (t - t_c) * fraction);
    values.push_back(m_c + (m - m_c) * std::sqrt(fraction));
  }
  if (!at_end) {
    std::reverse(times.begin(), times.end());
    std::reverse(values.begin(), values.end());
  }
  curve.x.insert(at_end ? curve.x.end() : curve.x.begin(), times.begin(), times.end());
  curve.y.insert(at_end ? curve.y.end() : curve.y.begin(), values.begin(), values.end());
}

std::vector<Track> follow(const TimeSeries& series, double extent) {
  std::vector<Track> all;
  for (const Point* point : series.points) {
    const double t = point->number(kTime);
    const std::vector<Branch> now = branches(*point);
    const std::vector<int> continues = matched(all, now, extent);
    std::vector<bool> old(now.size(), false);
    for (std::size_t k = 0; k < all.size(); ++k) {
      all[k].alive = continues[k] >= 0;
      if (!all[k].alive) continue;
      const auto i = static_cast<std::size_t>(continues[k]);
      old[i] = true;
      all[k].last = now[i].m;
      push(all[k].curve, t, now[i].height());
    }
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (old[i]) continue;
      const bool stable = now[i].stable;
      all.push_back({{.style = stable ? Curve::Style::line : Curve::Style::dashed,
                      .colour = stable ? kStable : kUnstable},
                     now[i].m,
                     now[i].m,
                     stable,
                     true});
      push(all.back().curve, t, now[i].height());
    }
  }
  return all;
}

/// The recorded ends of tracks, before any is drawn on.
struct End {
  std::size_t track;
  double t, height;
  VectorXd m;
  bool stable, at_end;
};

void close_ends(std::vector<Track>& all, const TimeSeries& series,
                const std::vector<std::pair<double, std::string>>& critical_times, double extent) {
  std::vector<End> ends;
  for (std::size_t k = 0; k < all.size(); ++k) {
    const Curve& curve = all[k].curve;
    ends.push_back({k, curve.x.front(), curve.y.front(), all[k].first, all[k].stable, false});
    ends.push_back({k, curve.x.back(), curve.y.back(), all[k].last, all[k].stable, true});
  }
  for (const End& end : ends) {
    if (end.m.norm() <= kAlike * extent) continue;
    bool mirrored = false, symmetric = false;
    const End* partner = nullptr;  // on the other side of a fold
    for (const End& other : ends) {
      if (other.t != end.t || other.at_end != end.at_end || &other == &end) continue;
      mirrored =
          mirrored || (other.stable == end.stable && (other.m + end.m).norm() <= kAlike * extent);
      symmetric = symmetric || other.m.norm() <= kAlike * extent;
      const double distance = (other.m - end.m).norm();
      if (other.stable != end.stable && other.m.norm() > kAlike * extent &&
          distance < kReach * extent &&
          (partner == nullptr || distance < (partner->m - end.m).norm())) {
        partner = &other;
      }
    }
    for (const auto& [t_c, label] : critical_times) {
      const double beyond = end.at_end ? t_c - end.t : end.t - t_c;
      if (!(beyond > 0 && beyond <= (1 + kTimes) * spacing(series, end.t))) continue;
      if (mirrored && symmetric) {
        close(all[end.track].curve, t_c, 0, end.at_end);
      } else if (partner != nullptr) {
        close(all[end.track].curve, t_c, (end.height + partner->height) / 2, end.at_end);
      } else {
        continue;
      }
      break;
    }
  }
}

}  // namespace

double Branch::height() const { return m.size() == 1 ? m[0] : m.norm(); }

std::vector<Branch> branches(const Point& point) {
  const Observable& table = point.at(observable::branches);
  const Index k = table.shape[1];
  std::vector<Branch> all;
  for (Index i = 0; i < table.shape[0]; ++i) {
    const VectorXd m = table.estimate.mean.segment(i * k, k);
    if (!m.allFinite()) continue;
    all.push_back({m, at(point, observable::branch_potential, i),
                   at(point, observable::branch_unstable, i) == 0});
  }
  return all;
}

std::vector<Curve> tracks(const TimeSeries& series,
                          const std::vector<std::pair<double, std::string>>& critical_times) {
  double extent = 0;
  for (const Point* point : series.points) {
    for (const Branch& branch : branches(*point)) extent = std::max(extent, branch.m.norm());
  }
  std::vector<Track> all = follow(series, extent);
  close_ends(all, series, critical_times, extent);
  std::vector<Curve> curves;
  bool named[2] = {false, false};
  for (Track& track : all) {
    const auto same = [&](const Curve& other) {
      if (other.x != track.curve.x || other.style != track.curve.style) return false;
      for (std::size_t i = 0; i < other.y.size(); ++i) {
        if (std::abs(other.y[i] - track.curve.y[i]) > kAlike * extent) return false;
      }
      return true;
    };
    if (std::any_of(curves.begin(), curves.end(), same)) continue;
    const int kind = track.stable ? kStable : kUnstable;
    if (!named[kind]) track.curve.label = track.stable ? "stable" : "unstable";
    named[kind] = true;
    curves.push_back(track.curve);
  }
  return curves;
}

}  // namespace symbreak::findings::equation_of_state
