// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The grammar of WIT: tokens to items. Names are resolved by Resolve.h.
#pragma once

#include "lib/wit/Lexer.h"
#include "lib/wit/Package.h"

#include <span>

namespace w2n::wit {

/// Parses one file. Errors: Malformed; Limit, if types are nested too deeply; Invalid, if a word
/// is there that nothing else than a mistake explains. All with the place.
Result<Document> parseDocument(const Sources &sources, uint32_t file);

class Parser {
public:
  Parser(const Sources &sources, uint32_t file) : sources(sources), lexer(sources, file) {}
  Result<Document> run();

private:
  // Parser.cpp
  Result<PackageName> parsePackageName();
  Result<PackageText> parseNested(PackageName name, std::string docs);
  Status parseTopItem(Attributes attributes, std::vector<TopItem> &items);
  Result<TopUse> parseTopUse(Attributes attributes);
  Result<UsePath> parseUsePath();
  /// Further parts of a path, of which `first` has been read.
  Result<UsePath> parseUsePathAfter(const Token &first);
  Result<Use> parseUse(Attributes attributes);
  Result<std::unique_ptr<Interface>> parseInterface(Attributes attributes);
  Status parseInterfaceBody(Interface &interface);
  Result<InterfaceItem> parseInterfaceItem();
  Result<Attributes> parseAttributes();
  Status parseAttribute(Attributes &attributes);
  Result<Name> parseVersionField();

  // ParseWorld.cpp
  Result<std::unique_ptr<World>> parseWorld(Attributes attributes);
  Result<WorldItem> parseWorldItem();
  Result<Extern> parseExtern(Attributes attributes);
  Result<Extern> parsePlainExtern(Extern item, const Token &name);
  Result<Include> parseInclude(Attributes attributes);

  // ParseTypes.cpp
  Result<std::optional<TypeDefinition>> parseDefinition(Attributes &attributes);
  Result<TypeDefinition> parseFields(TypeDefinition definition);
  Result<TypeDefinition> parseResource(TypeDefinition definition);
  Result<Function> parseResourceFunction();
  Result<Function> parseFunction(Function function);
  Result<std::vector<Field>> parseParams();
  Result<Field> parseField(DefinitionKind kind);
  Result<Type> parseType();
  Result<Type> parseTypeOf(const Token &word);
  Status parseArguments(Type &type, const Token &word);
  Status parseResultArguments(Type &type);
  Status parseMapArguments(Type &type);
  Status parseListLength(Type &type);

  // Tokens.
  Status advance();
  bool at(std::string_view text) const {
    return token.text == text &&
           (token.kind == TokenKind::Keyword || token.kind == TokenKind::Operator);
  }
  /// Whether the token is `text`, which is read then.
  Result<bool> eat(std::string_view text);
  Status expect(std::string_view text);
  /// Reads `{ ITEM, ITEM... }`, each item with `parse`; a comma may follow the last one.
  template <typename Parse> Status parseList(Parse parse) {
    W2N_CHECK(expect("{"));
    do {
      W2N_CHECK(parse());
      if (!at("}"))
        W2N_CHECK(expect(","));
    } while (!at("}"));
    return expect("}");
  }
  Result<Name> parseName(const char *what);
  Name nameOf(const Token &word) const { return {word.text, lexer.placeOf(word)}; }
  std::string describeToken() const;
  std::unexpected<Error> malformed(const std::string &reason) const {
    return sources.fail(ErrorKind::Malformed, lexer.placeOf(token), reason);
  }
  std::unexpected<Error> unexpected(const std::string &wanted,
                                    std::span<const std::string_view> words = {}) const;

  const Sources &sources;
  Lexer lexer;
  Token token;
  uint32_t depth = 0;
};

} // namespace w2n::wit
