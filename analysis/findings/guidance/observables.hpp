// Names of what `guidance` measures, sets up and knows. May depend on: analysis/verdict.
#pragma once
#include "analysis/findings/common/generated_observables.hpp"

namespace symbreak::findings::guidance {

namespace observable {
/// Change of P(class) by a push, over its strength: right after it, and at the end of the run.
inline constexpr verdict::ObservableName committor_response{"committor_response"};
inline constexpr verdict::ObservableName class_response{"class_response"};
}  // namespace observable

namespace fact {
using generated::fact::noise;  ///< of the push; absent: random times
using generated::fact::time;
}  // namespace fact

namespace prediction {
inline constexpr verdict::PredictionName response{"response"};
inline constexpr verdict::PredictionName pulse_ratio{"pulse_ratio"};  ///< best over random time
}  // namespace prediction

}  // namespace symbreak::findings::guidance
