// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/unit/wit/Sample.h"

#include <cstdlib>

namespace w2n::wit {

const char sampleText[] = R"(/// A package with everything.
package sample:all@1.2.3-rc.1+build;

/// Shapes,
///
/// and more.
@since(version = 1.0.0)
interface shapes {
  @since(version = 1.0.0)
  use sample:base/handles@0.1.0.{thing, %list as things};

  type number = u32;
  type numbers = list<number>;
  type fixed = list<u8, 16>;

  /// A record.
  record point {
    /// To the right.
    x: f32,
    %type: f64,
  }

  variant shape {
    empty,
    circle(point),
    other(option<tuple<s8, u16, char>>),
  }

  enum color {
    red,
    light-GREEN,
  }

  @unstable(feature = fancy)
  flags bits {
    a,
    b,
  }

  @deprecated(version = 1.2.0)
  @external-id("DB.\"Bar\" \u{7fff}")
  resource blob {
    constructor(init: list<u8>) -> result<blob, string>;

    /// Writes.
    write: func(bytes: list<u8>, to: borrow<thing>) -> result<_, color>;
    wait: async func();
    merge: static func(a: borrow<blob>, b: own<blob>) -> blob;
  }

  resource opaque;

  convert: func(r: result, s: result<u8>, t: result<u8, string>, m: map<string, list<s64>>) -> tuple<bool>;
  flow: async func(
    /// Bytes.
    input: stream<u8>,
    end: future,
  ) -> future<error-context>;
  %use: func();
}

world base {
  import log: func(text: string);
  export run: func();
}

@since(version = 1.1.0)
world everything {
  include base with { log as print, run as start }
  import sample:base/handles@0.1.0;

  use shapes.{shape};

  type size = u64;

  /// Plain.
  import inline: interface {
    use shapes.{point};

    draw: func(p: point);
  }

  @external-id("first")
  import one: shapes;
  export shapes;
  export log: func(s: shape, n: size);
}

package sample:base@0.1.0 {
  interface handles {
    resource thing;
    type %list = list<thing>;
  }
}
)";

const Interface &interfaceOf(const Packages &packages, std::string_view name) {
  const auto found = packages.root->interfaces.find(name);
  return found == packages.root->interfaces.end() ? (std::abort(), *found->second) : *found->second;
}

const World &worldOf(const Packages &packages, std::string_view name) {
  const auto found = packages.root->worlds.find(name);
  return found == packages.root->worlds.end() ? (std::abort(), *found->second) : *found->second;
}

} // namespace w2n::wit
