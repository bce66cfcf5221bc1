#include "sim/target/clean_data.hpp"

namespace symbreak::target {

MatrixXd CleanData::class_shares(const States& y) const {
  MatrixXd shares = MatrixXd::Zero(classes(), y.cols());
  const std::vector<Index> labels = classify(y);
  for (Index k = 0; k < y.cols(); ++k) {
    const Index label = labels[static_cast<std::size_t>(k)];
    if (label < 0) {
      shares.col(k).setConstant(1 / static_cast<double>(classes()));
    } else {
      shares(label, k) = 1;
    }
  }
  return shares;
}

}  // namespace symbreak::target
