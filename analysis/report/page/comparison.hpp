// Several runs beside each other: what differs between their decks, how far equal results are
// apart, and their figures overlaid. May depend on: analysis/{verdict,report}.
#pragma once
#include <string>
#include <vector>

#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::report {

/// A run with what its analysis says; both outlive the comparison.
struct Analysed {
  std::string name;  ///< distinct
  const verdict::Result* result = nullptr;
  const verdict::Findings* findings = nullptr;
};

/// A key of which not all runs have the same value; "" where a run does not have it.
struct KeyDifference {
  std::string key;
  std::vector<std::string> values;  ///< one per run
};

/// A number that the first run and another one have, at the same place.
struct NumberDifference {
  std::size_t run = 1;  ///< the other one
  verdict::Verdict
      difference;  ///< measured: the other's value; predicted: the first's, both errors
};

struct Comparison {
  std::vector<KeyDifference> keys;
  std::vector<NumberDifference> numbers;
  std::vector<verdict::Figure> figures;
  std::vector<std::string> not_overlaid;  ///< titles of figures that only stand side by side: maps
};

/// Results are equal where quantity, criterion, unit, axis and point are; a key that only one of the
/// runs sweeps is filled in from the deck of the other. z of a difference counts both errors (it is
/// Verdict::z of NumberDifference::difference): for runs on the same random numbers it is too small.
Comparison compare(const std::vector<Analysed>& runs);

/// "31 numbers in both runs, largest |z| 2.4 (exponent_beta)".
std::string difference_sentence(const std::vector<Analysed>& runs, const Comparison& comparison);
/// One row a difference: quantity, criterion, coordinates, run, value, error, of the first, z.
std::string differences_csv(const std::vector<Analysed>& runs, const Comparison& comparison);

struct Panel;
/// The page; `figures` are those of the comparison, drawn.
std::string comparison_page(const std::vector<Analysed>& runs, const Comparison& comparison,
                            const std::vector<Panel>& figures);

}  // namespace symbreak::report
