"""Planning: conversion of the IR to the input of templates."""
