// How a run was made, folded at the end of its page. May depend on: analysis/{verdict,report}.
#pragma once
#include <string>

#include "analysis/verdict/findings.hpp"
#include "analysis/verdict/result.hpp"

namespace symbreak::report {

/// Warnings and notes.
std::string diagnostics(const verdict::Findings& findings);
/// Sessions (host, ranks, time, command, version), the deck, its keys, observables, versions.
std::string how_it_was_made(const verdict::Result& result);

}  // namespace symbreak::report
