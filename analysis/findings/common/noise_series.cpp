#include "analysis/findings/common/noise_series.hpp"

#include <algorithm>

#include "analysis/findings/common/generated_observables.hpp"

namespace symbreak::findings {

std::vector<PointGroup> points_by_noise(const verdict::Result& result, const std::string& key) {
  std::vector<PointGroup> all = group_points(result, {key});
  std::ranges::sort(all, {}, &PointGroup::keys);
  for (PointGroup& group : all) {
    std::ranges::sort(group.points, {}, [](const verdict::Point* point) {
      return point->fact(generated::fact::noise);
    });
  }
  return all;
}

}  // namespace symbreak::findings
