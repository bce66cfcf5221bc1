// The verbs that read results: analyze, export, report, merge.
#pragma once
#include "sim/command/arguments.hpp"

namespace symbreak::command {

int analyze(const Arguments& arguments);
int export_values(const Arguments& arguments);
int write_report(const Arguments& arguments);  ///< of one run, or of several beside each other
int merge(const Arguments& arguments);

}  // namespace symbreak::command
