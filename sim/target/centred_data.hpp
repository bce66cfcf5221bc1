// Data of two levels: centres, and members around each. May depend on: nothing.
#pragma once

namespace symbreak::target {

/// N1 centres of variance v1 per coordinate, N2 members of variance v2 around each, all Gaussian in
/// all d coordinates: the data of a random-energy model of two levels.
struct Centres {
  double log_centres = 0, log_members = 0;  ///< log N1, log N2
  double between = 1, within = 1;           ///< v1, v2
};

class CentredData {
 public:
  virtual ~CentredData() = default;
  virtual Centres centres() const = 0;
};

}  // namespace symbreak::target
