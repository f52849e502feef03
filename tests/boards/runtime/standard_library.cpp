// What the tests use of libstdc++.a, which Debian has for none of the boards' instruction sets in a size to install.

#include <cstdio>
#include <cstdlib>
#include <map>
#include <new>

[[noreturn]] static void die(const char *what) {
  std::puts(what);
  std::fflush(stdout);
  std::abort();
}

void *operator new(std::size_t size) {
  void *memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr)
    die("out of memory");
  return memory;
}
void *operator new[](std::size_t size) { return operator new(size); }
void operator delete(void *memory) noexcept { std::free(memory); }
void operator delete[](void *memory) noexcept { std::free(memory); }
void operator delete(void *memory, std::size_t size) noexcept {
  (void) size;
  std::free(memory);
}

extern "C" {
extern void *__dso_handle;
void *__dso_handle = nullptr;
void __cxa_pure_virtual();
void __cxa_pure_virtual() { die("pure virtual call"); }
// The program ends by exit(): what is static is never destroyed.
int __cxa_atexit(void (*)(void *), void *, void *) noexcept;
int __cxa_atexit(void (*)(void *), void *, void *) noexcept { return 0; }
}

namespace std {

void __throw_length_error(const char *what) { die(what); }
void __throw_logic_error(const char *what) { die(what); }
void __throw_invalid_argument(const char *what) { die(what); }
void __throw_out_of_range(const char *what) { die(what); }
void __throw_out_of_range_fmt(const char *what, ...) { die(what); }
void __throw_bad_alloc() { die("bad_alloc"); }
void __throw_bad_array_new_length() { die("bad_array_new_length"); }
void __throw_bad_function_call() { die("bad_function_call"); }

using Node = _Rb_tree_node_base;

Node *_Rb_tree_increment(Node *node) noexcept {
  if (node->_M_right != nullptr) {
    node = node->_M_right;
    while (node->_M_left != nullptr)
      node = node->_M_left;
    return node;
  }
  Node *parent = node->_M_parent;
  while (node == parent->_M_right) {
    node = parent;
    parent = parent->_M_parent;
  }
  return node->_M_right != parent ? parent : node;
}
const Node *_Rb_tree_increment(const Node *node) noexcept { return _Rb_tree_increment(const_cast<Node *>(node)); }

Node *_Rb_tree_decrement(Node *node) noexcept {
  if (node->_M_color == _S_red && node->_M_parent->_M_parent == node)
    return node->_M_right;
  if (node->_M_left != nullptr) {
    node = node->_M_left;
    while (node->_M_right != nullptr)
      node = node->_M_right;
    return node;
  }
  Node *parent = node->_M_parent;
  while (node == parent->_M_left) {
    node = parent;
    parent = parent->_M_parent;
  }
  return parent;
}
const Node *_Rb_tree_decrement(const Node *node) noexcept { return _Rb_tree_decrement(const_cast<Node *>(node)); }

// Not balanced: the maps of the tests are small.
void _Rb_tree_insert_and_rebalance(const bool left, Node *node, Node *parent, Node &header) noexcept {
  node->_M_parent = parent;
  node->_M_left = nullptr;
  node->_M_right = nullptr;
  node->_M_color = _S_black;
  if (left) {
    parent->_M_left = node;
    if (parent == &header) {
      header._M_parent = node;
      header._M_right = node;
    } else if (parent == header._M_left) {
      header._M_left = node;
    }
  } else {
    parent->_M_right = node;
    if (parent == header._M_right)
      header._M_right = node;
  }
}

}  // namespace std
