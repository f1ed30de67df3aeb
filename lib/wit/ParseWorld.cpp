// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wit/Parser.h"

namespace w2n::wit {

Result<std::unique_ptr<World>> Parser::parseWorld(Attributes attributes) {
  auto world = std::make_unique<World>();
  world->attributes = std::move(attributes);
  W2N_CHECK(expect("world"));
  W2N_TRY(name, parseName("the name of a world"));
  world->name = name;
  W2N_CHECK(expect("{"));
  while (!at("}")) {
    W2N_TRY(item, parseWorldItem());
    world->items.push_back(std::move(item));
  }
  W2N_CHECK(expect("}"));
  return world;
}

Result<WorldItem> Parser::parseWorldItem() {
  W2N_TRY(attributes, parseAttributes());
  if (at("import") || at("export")) {
    W2N_TRY(item, parseExtern(std::move(attributes)));
    return WorldItem(std::move(item));
  }
  if (at("use")) {
    W2N_TRY(item, parseUse(std::move(attributes)));
    return WorldItem(std::move(item));
  }
  if (at("include")) {
    W2N_TRY(item, parseInclude(std::move(attributes)));
    return WorldItem(std::move(item));
  }
  W2N_TRY(definition, parseDefinition(attributes));
  if (definition)
    return WorldItem(std::move(*definition));
  static constexpr std::string_view words[] = {"import", "export", "use", "include"};
  return unexpected("'import', 'export', 'use', 'include' or a type", words);
}

/// `a: b` gives the interface b the name a; in `a:b/c` the colon touches both sides and is part of
/// a path.
Result<Extern> Parser::parseExtern(Attributes attributes) {
  Extern item;
  item.attributes = std::move(attributes);
  item.isExport = at("export");
  W2N_CHECK(advance());
  if (token.kind != TokenKind::Identifier)
    W2N_CHECK(parseName("a name or the path of an interface")); // for its error
  const Token first = token;
  W2N_CHECK(advance());
  const bool touchesLeft = token.offset == token.previousEnd;
  if (!at(":")) {
    W2N_TRY(path, parseUsePathAfter(first));
    item.path = std::move(path);
    W2N_CHECK(expect(";"));
    return item;
  }
  // The token after the colon decides what the colon is.
  const Lexer::Mark mark = lexer.mark();
  const Token colon = token;
  W2N_CHECK(advance());
  const bool touchesRight = token.offset == token.previousEnd;
  if (!touchesLeft || !touchesRight || token.kind != TokenKind::Identifier)
    return parsePlainExtern(std::move(item), first);
  lexer.rewind(mark);
  token = colon;
  W2N_TRY(path, parseUsePathAfter(first));
  item.path = std::move(path);
  W2N_CHECK(expect(";"));
  return item;
}

/// extern-type ::= func-type ';' | 'interface' '{' interface-items* '}' | use-path ';'
Result<Extern> Parser::parsePlainExtern(Extern item, const Token &name) {
  item.name = nameOf(name);
  if (at("func") || at("async")) {
    Function function;
    function.name = *item.name;
    W2N_TRY(parsed, parseFunction(std::move(function)));
    item.function = std::move(parsed);
    return item;
  }
  W2N_TRY(isInterface, eat("interface"));
  if (isInterface) {
    item.interface = std::make_unique<Interface>();
    item.interface->name = *item.name;
    W2N_CHECK(parseInterfaceBody(*item.interface));
    return item;
  }
  if (token.kind != TokenKind::Identifier)
    return unexpected("'func', 'async', 'interface' or the path of an interface");
  W2N_TRY(path, parseUsePath());
  item.path = std::move(path);
  W2N_CHECK(expect(";"));
  return item;
}

Result<Include> Parser::parseInclude(Attributes attributes) {
  Include include;
  include.attributes = std::move(attributes);
  W2N_CHECK(expect("include"));
  W2N_TRY(path, parseUsePath());
  include.path = std::move(path);
  W2N_TRY(hasRenames, eat("with"));
  if (!hasRenames) {
    W2N_CHECK(expect(";"));
    return include;
  }
  W2N_CHECK(parseList([&]() -> Status {
    W2N_TRY(from, parseName("a name of the included world"));
    W2N_CHECK(expect("as"));
    W2N_TRY(to, parseName("a name"));
    include.renames.push_back({from, to});
    return {};
  }));
  // The grammar has no semicolon here, and the examples have one.
  W2N_CHECK(eat(";"));
  return include;
}

} // namespace w2n::wit
