#include "sim/target/finite_support.hpp"

#include <string_view>
#include <unordered_map>

namespace symbreak::target {

std::vector<std::size_t> FiniteSupport::places() const {
  constexpr Index kTile = 256;
  const auto dimension = point(0).size();
  std::vector<std::size_t> result;
  for (Index first = 0; first < count(); first += kTile) {
    MatrixXd y(dimension, std::min(kTile, count() - first));
    read(first, y);
    y.array() += 0.0;  // -0 is 0
    for (Index k = 0; k < y.cols(); ++k) {
      const std::string_view bytes(reinterpret_cast<const char*>(y.col(k).data()),
                                   static_cast<std::size_t>(dimension) * sizeof(double));
      result.push_back(std::hash<std::string_view>()(bytes));
    }
  }
  return result;
}

double FiniteSupport::entropy() const {
  std::unordered_map<std::size_t, double> share;
  Index j = 0;
  for (const std::size_t place : places()) share[place] += std::exp(log_weight(j++));
  double sum = 0;
  for (const auto& [place, p] : share) sum -= p * std::log(p);
  return sum;
}

}  // namespace symbreak::target
