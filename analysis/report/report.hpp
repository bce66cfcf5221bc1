// Findings as text, JSON and one self-contained HTML page with plots drawn by gnuplot.
// May depend on: analysis/{verdict,statistics}, nlohmann-json, fmt; runs the program gnuplot.
//
// number.cpp value(error) · results.cpp the list of numbers · layout, text, observables_text tables
// for a terminal · csv, export, json.cpp the contract · figure/ figures as gnuplot scripts and data ·
// svg.cpp plots into a page · page/ HTML · escape.cpp
#pragma once
#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "analysis/report/page/comparison.hpp"
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
/// - An infinite or undefined (also: negative) error is shown as "(inf)" or "(?)" after 6 digits;
///   a value that is not finite is shown alone: "nan", "inf", "-inf".
std::string with_error(double value, double error);

/// How text is laid out.
struct Text {
  std::size_t width = 80;  ///< no line is longer (at least 40)
  bool all = false;        ///< every row, and how each was fitted
};
/// What `symbreak analyze` prints: whether predictions agree; the results, headlines first, grouped
/// by quantity, checks that agree folded to one line; methods and sources as numbered footnotes;
/// what to know and to do.
std::string text(const verdict::Result& result, const verdict::Findings& findings,
                 const Text& style = {});
/// Every result as one row of CSV (RFC 4180) under a header: quantity, criterion, one column per
/// coordinate, value, error, dof, units, unit, predicted, ... Numbers with 17 digits, as in JSON.
std::string results_csv(const verdict::Result& result, const verdict::Findings& findings);
/// The table of observables: name, point, value(error), tau_int (convention of accumulator.hpp),
/// effective samples, and whether the row may be trusted. Arrays of more than 8 elements are
/// summarised by their extremes. Where the keys leave no room in `most` characters, every point has
/// a table of its own.
std::string observables_text(const verdict::Result& result, std::size_t most = 80);
/// Every recorded value as one row of CSV under a header: the keys that points differ in; observable; axis, index and
/// axis_value of arrays, those of several axes separated by ';'; value, error, tau_int, ess, dof,
/// unit, text. Of bins: keys; observable, work_unit, bin, samples (in a bin), element, value.
/// Row by row: it needs no memory beyond the result.
struct Export {
  bool bins = false;                       ///< means of consecutive samples, instead of estimates
  std::vector<std::string> observables{};  ///< empty: all
};
void export_csv(const verdict::Result& result, std::ostream& out, const Export& what = {});
/// The contract's JSON, schema "symbreak-analysis-1": `results` is the one list of numbers,
/// `verdicts` those of them that something predicts. What is not finite is null (`dof`: infinite, a
/// known error; `agrees`: no verdict; `predicted`: nothing predicts it).
std::string json(const verdict::Result& result, const verdict::Findings& findings);

/// Writes DIR/index.html (no external resource), DIR/plots/<name>.{svg,pdf,csv,tsv,gp} (`gnuplot
/// name.gp` in that folder redraws them; numpy.loadtxt reads the tsv; a surface under curves is in
/// <name>-surface.tsv; the frames of a movie, without PDFs, are in plots/<name>/, from noise to
/// data). Every file is
/// published by renaming a finished one. Returns the page's path. Throws std::runtime_error with
/// one clear message when gnuplot is missing or fails or a file cannot be written, and
/// std::invalid_argument for a malformed figure.
std::filesystem::path write(const std::filesystem::path& directory, const verdict::Result& result,
                            const verdict::Findings& findings);

/// The same for several runs beside each other: index.html, differences.csv, plots/.
std::filesystem::path write_comparison(const std::filesystem::path& directory,
                                       const std::vector<Analysed>& runs,
                                       const Comparison& comparison);

/// True when no verdict disagrees and no diagnostic is a warning or failure (`--strict`).
bool passes(const verdict::Findings& findings);

}  // namespace symbreak::report
