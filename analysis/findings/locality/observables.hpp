// Names of what `locality` measures, sets up and knows. May depend on: analysis/verdict.
#pragma once
#include <vector>

#include "analysis/findings/common/generated_observables.hpp"

namespace symbreak::findings::locality {

namespace observable {
// By radius.
inline constexpr verdict::ObservableName excess_mmse{"excess_mmse"};
inline constexpr verdict::ObservableName information_outside{"information_outside"};
inline constexpr verdict::ObservableName mmse{"mmse"};        ///< of the whole system
inline constexpr verdict::ObservableName entropy{"entropy"};  ///< H(y_0|x), nats
// By radius, the whole last, of mean zero; of chains and of sets of points.
inline constexpr verdict::ObservableName overlap_identity{"overlap_identity"};
// Of sets of points: which datum it is.
inline constexpr verdict::ObservableName datum_information_outside{"datum_information_outside"};
inline constexpr verdict::ObservableName datum_entropy{"datum_entropy"};
// Of those, by radius: the score that does not know where its window is, and what is 0.
inline constexpr verdict::ObservableName equivariant_excess{"equivariant_excess"};
inline constexpr verdict::ObservableName equivariant_identity{"equivariant_identity"};
// Of scores with masked input; the first two by radius.
inline constexpr verdict::ObservableName error_growth{"error_growth"};
inline constexpr verdict::ObservableName outside_response{"outside_response"};
inline constexpr verdict::ObservableName loss{"loss"};
}  // namespace observable

namespace fact {
using generated::fact::noise;
inline constexpr verdict::FactName radius{"radius"};
inline constexpr verdict::FactName window_sites{"window_sites"};
}  // namespace fact

namespace prediction {
// By radius.
inline constexpr verdict::PredictionName excess_mmse{"excess_mmse"};
inline constexpr verdict::PredictionName information_outside{"information_outside"};
inline constexpr verdict::PredictionName mmse{"mmse"};
inline constexpr verdict::PredictionName entropy{"entropy"};
inline constexpr verdict::PredictionName mmse_of_site{"mmse_of_site"};  ///< of radius 0
inline constexpr verdict::PredictionName markov_length{"markov_length"};
}  // namespace prediction

inline const std::vector<verdict::ArrayAxes> axes = {
    {observable::excess_mmse, {"radius"}},
    {observable::information_outside, {"radius"}},
    {observable::overlap_identity, {"window"}},
    {observable::datum_information_outside, {"radius"}},
    {observable::error_growth, {"radius"}},
    {observable::outside_response, {"radius"}},
    {observable::equivariant_excess, {"radius"}},
    {observable::equivariant_identity, {"radius"}}};

}  // namespace symbreak::findings::locality
