// Findings as text, JSON and one self-contained HTML page with plots drawn by gnuplot.
// May depend on: analysis/verdict, nlohmann-json, fmt; runs the program gnuplot.
#pragma once
#include <filesystem>
#include <string>

#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::report {

/// Value with its error in the last digits, "1.0000001(3)"; errors rounded to 1 significant digit
/// from 3..9 and 2 from 10..29; "0.5" when error is 0; scientific when |value| is outside
/// [1e-4,1e6).
std::string with_error(double value, double error);

/// The table `symbreak analyze` prints: one row per verdict, then diagnostics, then the count.
std::string text(const verdict::Result& result, const verdict::Findings& findings);
/// The table of observables (name, point, value(error), tau_int, ess).
std::string observables_text(const verdict::Result& result);
/// The contract's JSON, schema "symbreak-analysis-1".
std::string json(const verdict::Result& result, const verdict::Findings& findings);

/// Writes DIR/index.html (no external resource), DIR/plots/<name>.{svg,tsv,gp} (`gnuplot name.gp`
/// in that folder redraws the SVG). Returns the page's path. Throws std::runtime_error with one
/// clear message when gnuplot is missing or a file cannot be written.
std::filesystem::path write(const std::filesystem::path& directory, const verdict::Result& result,
                            const verdict::Findings& findings);

/// True when all verdicts agree and no diagnostic is a warning or failure (`--strict`).
bool passes(const verdict::Findings& findings);

}  // namespace symbreak::report
