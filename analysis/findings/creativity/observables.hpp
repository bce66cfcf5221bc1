// Names of what `creativity` measures, sets up and knows. May depend on: analysis/verdict.
#pragma once
#include "analysis/verdict/name.hpp"

namespace symbreak::findings::creativity {

namespace observable {
inline constexpr verdict::ObservableName nearest_distance{"nearest_distance"};
inline constexpr verdict::ObservableName novelty{"novelty"};  ///< the same over data_distance
inline constexpr verdict::ObservableName copies{"copies"};    ///< fraction of images
inline constexpr verdict::ObservableName local_residual{"local_residual"};
inline constexpr verdict::ObservableName sources{"sources"};  ///< training images behind an image
inline constexpr verdict::ObservableName generated_images{"generated_images"};
inline constexpr verdict::ObservableName nearest_images{"nearest_images"};
}  // namespace observable

namespace fact {
inline constexpr verdict::FactName data_distance{"data_distance"};
inline constexpr verdict::FactName pixel_deviation{"pixel_deviation"};
}  // namespace fact

namespace prediction {
inline constexpr verdict::PredictionName copies{"copies"};
}  // namespace prediction

/// Axes of its arrays.
inline const std::vector<verdict::ArrayAxes> axes = {
    {observable::generated_images, {"image", "row", "column"}},
    {observable::nearest_images, {"image", "row", "column"}}};

}  // namespace symbreak::findings::creativity
