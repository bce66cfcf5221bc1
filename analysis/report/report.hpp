// Findings as text, JSON and one self-contained HTML page with plots drawn by gnuplot.
// May depend on: analysis/{verdict,statistics}, nlohmann-json, fmt; runs the program gnuplot.
//
// number.cpp value(error) · text.cpp tables · json.cpp the contract · axes, plot, surface: figures
// as gnuplot scripts · gnuplot.cpp runs it · svg.cpp plots into a page · page.cpp HTML · escape.cpp
#pragma once
#include <filesystem>
#include <string>

#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::report {

/// Value with its standard error in units of the last digit shown, "1.0000001(3)".
/// - The error keeps 2 digits when they read 10..29 and 1 digit otherwise (9.6e-2 reads (10) at two
///   decimals); an error that straddles the decimal point shows it: "12.3(1.5)"; one without
///   decimals is written out: "1230(60)".
/// - Scientific, "1.234(5)e-7", when max(|value|, error) is outside [1e-4, 1e6).
/// - Error 0: the value alone, up to 10 digits. An error below 1e-13 of the value's decade is
///   shown as that, since a double holds no more.
/// - An infinite or undefined (also: negative) error is shown as "(inf)" or "(nan)" after 6 digits;
///   a value that is not finite is shown alone: "nan", "inf", "-inf".
std::string with_error(double value, double error);

/// The table `symbreak analyze` prints: one row per verdict, then diagnostics, then the count.
std::string text(const verdict::Result& result, const verdict::Findings& findings);
/// The table of observables: name, point, value(error), tau_int (convention of accumulator.hpp),
/// effective samples, and whether the row may be trusted. Arrays of more than 8 elements are
/// summarised by their extremes.
std::string observables_text(const verdict::Result& result);
/// The contract's JSON, schema "symbreak-analysis-1"; what is not finite is null (`dof`: infinite,
/// a known error; `agrees`: no verdict).
std::string json(const verdict::Result& result, const verdict::Findings& findings);

/// Writes DIR/index.html (no external resource), DIR/plots/<name>.{svg,tsv,gp} (`gnuplot name.gp`
/// in that folder redraws the SVG; the frames of a movie are in plots/<name>/). Every file is
/// published by renaming a finished one. Returns the page's path. Throws std::runtime_error with
/// one clear message when gnuplot is missing or fails or a file cannot be written, and
/// std::invalid_argument for a malformed figure.
std::filesystem::path write(const std::filesystem::path& directory, const verdict::Result& result,
                            const verdict::Findings& findings);

/// True when no verdict disagrees and no diagnostic is a warning or failure (`--strict`).
bool passes(const verdict::Findings& findings);

}  // namespace symbreak::report
