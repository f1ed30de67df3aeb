// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wit/Parser.h"

#include "lib/support/Similar.h"

namespace w2n::wit {

Result<Document> parseDocument(const Sources &sources, uint32_t file) {
  return Parser(sources, file).run();
}

Status Parser::advance() {
  W2N_TRY(following, lexer.next());
  token = std::move(following);
  return {};
}

Result<bool> Parser::eat(std::string_view text) {
  if (!at(text))
    return false;
  W2N_CHECK(advance());
  return true;
}

Status Parser::expect(std::string_view text) {
  if (!at(text))
    return unexpected("'" + std::string(text) + "'");
  return advance();
}

std::string Parser::describeToken() const {
  switch (token.kind) {
  case TokenKind::End:
    return "the end of the file";
  case TokenKind::Keyword:
    return "the keyword '" + std::string(token.text) + "'";
  case TokenKind::String:
    return "a string";
  case TokenKind::Identifier:
  case TokenKind::Integer:
  case TokenKind::Operator:
    break;
  }
  return "'" + std::string(token.text) + "'";
}

/// `words` may be what an identifier was meant to be.
std::unexpected<Error> Parser::unexpected(const std::string &wanted,
                                          std::span<const std::string_view> words) const {
  std::string reason = "expected " + wanted + ", found " + describeToken();
  if (token.kind == TokenKind::Identifier)
    if (const std::string_view similar = closestWord(token.text, words); !similar.empty())
      reason += "; did you mean '" + std::string(similar) + "'?";
  return malformed(reason);
}

Result<Name> Parser::parseName(const char *what) {
  if (token.kind == TokenKind::Keyword)
    return malformed("expected " + std::string(what) + ", found " + describeToken() + "; '%" +
                     std::string(token.text) + "' is an identifier");
  if (token.kind != TokenKind::Identifier)
    return unexpected(what);
  const Name name = nameOf(token);
  W2N_CHECK(advance());
  return name;
}

Result<Document> Parser::run() {
  W2N_CHECK(advance());
  Document document;
  for (bool isFirst = true; token.kind != TokenKind::End; isFirst = false) {
    W2N_TRY(attributes, parseAttributes());
    if (!at("package")) {
      W2N_CHECK(parseTopItem(std::move(attributes), document.main.items));
      continue;
    }
    if (attributes.since || attributes.unstable || attributes.deprecated || attributes.externalId)
      return malformed("a package has no gates");
    W2N_TRY(name, parsePackageName());
    if (at("{")) {
      W2N_TRY(nested, parseNested(std::move(name), std::move(attributes.docs)));
      document.nested.push_back(std::move(nested));
      continue;
    }
    W2N_CHECK(expect(";"));
    if (!isFirst)
      return sources.fail(ErrorKind::Malformed, name.place,
                          "the name of the file's package must be its first item");
    document.main.name = std::move(name);
    document.main.docs = std::move(attributes.docs);
  }
  return document;
}

/// package-decl ::= 'package' ( id ':' )+ id ( '/' id )* ('@' valid-semver)?
Result<PackageName> Parser::parsePackageName() {
  W2N_CHECK(expect("package"));
  PackageName package;
  package.place = lexer.placeOf(token);
  W2N_TRY(first, parseName("a package name"));
  package.name = first.text;
  if (!at(":"))
    return unexpected("':' after the namespace of a package name");
  while (at(":") || at("/")) {
    // A namespace after a nested package is none.
    if (at(":") && package.name.find('/') != std::string::npos)
      break;
    package.name += token.text;
    W2N_CHECK(advance());
    W2N_TRY(part, parseName("a part of the package name"));
    package.name += part.text;
  }
  if (at("@")) {
    W2N_TRY(version, lexer.nextVersion());
    package.version = nameOf(version);
    W2N_CHECK(advance());
  }
  return package;
}

Result<PackageText> Parser::parseNested(PackageName name, std::string docs) {
  PackageText package{std::move(name), std::move(docs), {}};
  W2N_CHECK(expect("{"));
  while (!at("}")) {
    W2N_TRY(attributes, parseAttributes());
    if (at("package"))
      return malformed("packages cannot be nested in nested packages");
    W2N_CHECK(parseTopItem(std::move(attributes), package.items));
  }
  W2N_CHECK(expect("}"));
  return package;
}

Status Parser::parseTopItem(Attributes attributes, std::vector<TopItem> &items) {
  if (at("interface")) {
    W2N_TRY(interface, parseInterface(std::move(attributes)));
    items.emplace_back(std::move(interface));
  } else if (at("world")) {
    W2N_TRY(world, parseWorld(std::move(attributes)));
    items.emplace_back(std::move(world));
  } else if (at("use")) {
    W2N_TRY(use, parseTopUse(std::move(attributes)));
    items.emplace_back(std::move(use));
  } else {
    static constexpr std::string_view words[] = {"interface", "world", "use", "package"};
    return unexpected("'interface', 'world', 'use' or 'package'", words);
  }
  return {};
}

Result<TopUse> Parser::parseTopUse(Attributes attributes) {
  TopUse use;
  use.attributes = std::move(attributes);
  W2N_CHECK(expect("use"));
  W2N_TRY(path, parseUsePath());
  use.path = std::move(path);
  W2N_TRY(isRenamed, eat("as"));
  if (isRenamed) {
    W2N_TRY(alias, parseName("a name"));
    use.alias = alias;
  }
  W2N_CHECK(expect(";"));
  return use;
}

Result<UsePath> Parser::parseUsePath() {
  if (token.kind != TokenKind::Identifier)
    W2N_CHECK(parseName("an interface or a world")); // for its error
  const Token first = token;
  W2N_CHECK(advance());
  return parseUsePathAfter(first);
}

/// use-path ::= id | ( id ':' )+ id ( '/' id )+ ('@' valid-semver)?
Result<UsePath> Parser::parseUsePathAfter(const Token &first) {
  UsePath path;
  path.place = lexer.placeOf(first);
  path.name = nameOf(first);
  if (!at(":"))
    return path;
  path.package = first.text;
  bool hasSlash = false;
  // The package is what is before the last slash.
  while (at(":") || at("/")) {
    const bool isSlash = at("/");
    if (hasSlash) {
      if (!isSlash)
        break;
      path.package += "/" + std::string(path.name.text);
    }
    hasSlash |= isSlash;
    W2N_CHECK(advance());
    W2N_TRY(part, parseName("a part of the path"));
    path.name = part;
    if (!isSlash)
      path.package += ":" + std::string(part.text);
  }
  if (!hasSlash)
    return sources.fail(ErrorKind::Malformed, path.place,
                        "'" + path.package + "' is a package; an interface of it is '" +
                            path.package + "/NAME'");
  if (at("@")) {
    W2N_TRY(version, lexer.nextVersion());
    path.version = nameOf(version);
    W2N_CHECK(advance());
  }
  return path;
}

/// use-item ::= 'use' use-path '.' '{' use-names-list '}' ';'
Result<Use> Parser::parseUse(Attributes attributes) {
  Use use;
  use.attributes = std::move(attributes);
  W2N_CHECK(expect("use"));
  W2N_TRY(path, parseUsePath());
  use.path = std::move(path);
  W2N_CHECK(expect("."));
  W2N_CHECK(parseList([&]() -> Status {
    W2N_TRY(name, parseName("the name of a type"));
    Use::Item item{name, {}, nullptr};
    W2N_TRY(isRenamed, eat("as"));
    if (isRenamed) {
      W2N_TRY(alias, parseName("a name"));
      item.alias = alias;
    }
    use.items.push_back(item);
    return {};
  }));
  W2N_CHECK(expect(";"));
  return use;
}

Result<std::unique_ptr<Interface>> Parser::parseInterface(Attributes attributes) {
  auto interface = std::make_unique<Interface>();
  interface->attributes = std::move(attributes);
  W2N_CHECK(expect("interface"));
  W2N_TRY(name, parseName("the name of an interface"));
  interface->name = name;
  W2N_CHECK(parseInterfaceBody(*interface));
  return interface;
}

Status Parser::parseInterfaceBody(Interface &interface) {
  W2N_CHECK(expect("{"));
  while (!at("}")) {
    W2N_TRY(item, parseInterfaceItem());
    interface.items.push_back(std::move(item));
  }
  return expect("}");
}

Result<InterfaceItem> Parser::parseInterfaceItem() {
  W2N_TRY(attributes, parseAttributes());
  if (at("use")) {
    W2N_TRY(use, parseUse(std::move(attributes)));
    return InterfaceItem(std::move(use));
  }
  W2N_TRY(definition, parseDefinition(attributes));
  if (definition)
    return InterfaceItem(std::move(*definition));
  Function function;
  function.attributes = std::move(attributes);
  W2N_TRY(name, parseName("a function, a type or 'use'"));
  function.name = name;
  W2N_CHECK(expect(":"));
  W2N_TRY(parsed, parseFunction(std::move(function)));
  return InterfaceItem(std::move(parsed));
}

/// Documentation and gates, in any order.
Result<Attributes> Parser::parseAttributes() {
  Attributes attributes;
  attributes.docs = std::move(token.docs);
  while (at("@")) {
    W2N_CHECK(advance());
    W2N_CHECK(parseAttribute(attributes));
    attributes.docs += token.docs;
    token.docs.clear();
  }
  if (attributes.since && attributes.unstable)
    return sources.fail(ErrorKind::Invalid, attributes.unstable->place,
                        "an item has either @since or @unstable");
  return attributes;
}

Status Parser::parseAttribute(Attributes &attributes) {
  static constexpr std::string_view words[] = {"since", "unstable", "deprecated", "external-id"};
  const std::string_view word = token.text;
  auto *field = word == "since"         ? &attributes.since
                : word == "unstable"    ? &attributes.unstable
                : word == "deprecated"  ? &attributes.deprecated
                : word == "external-id" ? &attributes.externalId
                                        : nullptr;
  if (!field)
    return unexpected("'since', 'unstable', 'deprecated' or 'external-id'", words);
  if (*field)
    return malformed("@" + std::string(word) + " is there twice");
  W2N_CHECK(advance());
  W2N_CHECK(expect("("));
  if (word == "external-id") {
    if (token.kind != TokenKind::String)
      return unexpected("a string");
    *field = nameOf(token);
    W2N_CHECK(advance());
  } else if (word == "unstable") {
    if (token.text != "feature")
      return unexpected("'feature'");
    W2N_CHECK(advance());
    W2N_CHECK(expect("="));
    W2N_TRY(feature, parseName("the name of a feature"));
    *field = feature;
  } else {
    W2N_TRY(version, parseVersionField());
    *field = version;
  }
  return expect(")");
}

/// version-field ::= 'version' '=' <valid semver>
Result<Name> Parser::parseVersionField() {
  if (token.text != "version")
    return unexpected("'version'");
  W2N_CHECK(advance());
  if (!at("="))
    return unexpected("'='");
  W2N_TRY(version, lexer.nextVersion());
  W2N_CHECK(advance());
  return nameOf(version);
}

} // namespace w2n::wit
