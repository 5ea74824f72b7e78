import {
  Anchor,
  Button,
  Menu,
  NavLink,
  type AnchorProps,
  type ButtonProps,
  type MenuItemProps,
  type NavLinkProps
} from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import type { Ref } from 'react'

// Mantine's looks on the router's links: paths, parameters and search stay checked by type.

type Linked = { ref?: Ref<HTMLAnchorElement> }

/** A link in text and in tables. */
export const Go = createLink((props: Omit<AnchorProps, 'href'> & Linked) => <Anchor {...props} />)

/** A link that looks like a button. */
export const GoButton = createLink((props: Omit<ButtonProps, 'href'> & Linked) => <Button component="a" {...props} />)

/** A link among the items of a menu. */
export const GoMenuItem = createLink((props: Omit<MenuItemProps, 'href'> & Linked) => (
  <Menu.Item component="a" {...props} />
))

/** An entry of the navigation. */
export const GoNav = createLink((props: Omit<NavLinkProps, 'href' | 'active'> & Linked) => (
  <NavLink component="a" {...props} />
))
