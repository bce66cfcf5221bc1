// What each of the scores of `three_way` has to itself: a table that the compiler writes, since
// names of observables are made at compile time only. May depend on: analysis/verdict/name.hpp.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "analysis/verdict/name.hpp"

namespace symbreak::findings::three_way {

/// Sorts of scores, in the order in which they run and are drawn; the words of experiment.scores.
enum class Sort { model, memorizing, gaussian, real, network };
inline constexpr std::array<const char*, 5> kSorts = {"model", "memorizing", "gaussian", "real",
                                                      "network"};
/// Scores of one sort: of the model and the Gaussian one, of the others at most so many.
inline constexpr std::size_t kMost = 16;
inline constexpr std::size_t kPredicted = 6;  ///< eigenvalues of each memorizing score

/// The first of a sort is called as the sort, the second `memorizing_2`.
struct ScoreNames {
  Sort sort;
  std::size_t place;                    ///< among those of its sort, from 0
  std::string_view name;                ///< in file names
  verdict::ObservableName softening;    ///< -s v_k* J v_k along its trajectories
  verdict::ObservableName structure;    ///< S(k) of the clean mean less its average
  verdict::ObservableName images;       ///< final ones
  verdict::ObservableName eigenvalues;  ///< memorizing: of beta Cov(y) at the mean image
  std::array<verdict::PredictionName, kPredicted> predicted;  ///< of each, per recorded level
};

/// "memorizing", 1, "_softening": "memorizing_2_softening".
struct Letters {
  char text[48] = {};
  consteval Letters(std::string_view sort, std::size_t place, std::string_view what = "") {
    char* at = std::ranges::copy(sort, text).out;
    if (place > 0) *at++ = '_';
    if (place >= 9) *at++ = static_cast<char>('0' + (place + 1) / 10);
    if (place > 0) *at++ = static_cast<char>('0' + (place + 1) % 10);
    std::ranges::copy(what, at);
  }
};
/// Kept for as long as the program runs: names refer to their letters.
template <Letters letters>
inline constexpr Letters kKept = letters;

template <Sort sort, std::size_t place>
consteval ScoreNames names_of() {
  constexpr const char* word = kSorts[static_cast<std::size_t>(sort)];
  return {sort,
          place,
          kKept<Letters(word, place)>.text,
          verdict::ObservableName{kKept<Letters(word, place, "_softening")>.text},
          verdict::ObservableName{kKept<Letters(word, place, "_structure")>.text},
          verdict::ObservableName{kKept<Letters(word, place, "_images")>.text},
          verdict::ObservableName{kKept<Letters("prototype_eigenvalues", place)>.text},
          {verdict::PredictionName{kKept<Letters("eigenvalue_0", place)>.text},
           verdict::PredictionName{kKept<Letters("eigenvalue_1", place)>.text},
           verdict::PredictionName{kKept<Letters("eigenvalue_2", place)>.text},
           verdict::PredictionName{kKept<Letters("eigenvalue_3", place)>.text},
           verdict::PredictionName{kKept<Letters("eigenvalue_4", place)>.text},
           verdict::PredictionName{kKept<Letters("eigenvalue_5", place)>.text}}};
}

template <std::size_t... place>
consteval auto all_names(std::index_sequence<place...>) {
  return std::array{names_of<Sort::model, 0>(), names_of<Sort::memorizing, place>()...,
                    names_of<Sort::gaussian, 0>(), names_of<Sort::real, place>()...,
                    names_of<Sort::network, place>()...};
}
inline constexpr auto kScores = all_names(std::make_index_sequence<kMost>());

/// Of the sort, at this place below kMost.
constexpr const ScoreNames& names(Sort sort, std::size_t place = 0) {
  return *std::ranges::find_if(
      kScores, [=](const ScoreNames& score) { return score.sort == sort && score.place == place; });
}

}  // namespace symbreak::findings::three_way
