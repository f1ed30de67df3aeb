// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A rule: whether an order is accepted. It asks the host for facts about the customer.
__attribute__((import_module("facts"), import_name("orders"))) int facts_orders(int customer);

__attribute__((export_name("accept"))) int accept(int customer, int amount) {
  // The mistake that every rules engine meets: a loop that does not end for some input.
  while (amount < 0)
    if (facts_orders(customer) < 0)
      return 0;
  return amount <= 100 || facts_orders(customer) > 2;
}
