// The report as one HTML page. May depend on: analysis/verdict, fmt.
#pragma once
#include <string>
#include <vector>

#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::report {

/// A figure as the page shows it.
struct Panel {
  const verdict::Figure* figure = nullptr;
  std::string stem;    ///< plots/<stem>.{svg,tsv,gp}
  std::string svg;     ///< as gnuplot wrote it
  std::string table;   ///< content of the data file
  std::string remark;  ///< for the caption
};
struct MoviePanel {
  const verdict::Movie* movie = nullptr;
  std::string stem;
  std::vector<std::vector<Panel>> frames;
};

std::string page(const verdict::Result& result, const verdict::Findings& findings,
                 const std::vector<Panel>& figures, const std::vector<MoviePanel>& movies);

}  // namespace symbreak::report
